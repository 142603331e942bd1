#!/usr/bin/perl
# The agent of the guest ring: runs programs for whoever is at the other end of a serial port, one after the other.
#
#   request:  run ID NETNS TIMEOUT ARGV STDIN\n   and then so many bytes: arguments, each with a NUL behind it; the input
#   answer:   ID CODE STDOUT STDERR\n             and then so many bytes of each output
#
# NETNS is a name that `ip netns` knows, or - for the first one; `ip netns exec` would take four times as long.
# The program's input and outputs are files, so a child it left behind holds nothing up. What it does not set aside with
# setsid dies with it when time is up. Codes as in src/apply/host.ts: 124 late, 126 not executable, 127 no such program.
use strict;
use warnings;
use Errno qw(EINTR ENOENT);
use POSIX ();

my $SCRATCH   = '/run';
my $BLOCK     = 32768;
my $HUNG_UP   = "hung up\n";
my $PIDFD     = 434;           # pidfd_open
my $SETNS     = 308;           # on amd64
my $NEWNET    = 0x40000000;

my ($device) = @ARGV;
open my $port, '+<:raw', $device or die "$device: $!\n";
my $buffer = '';

while (1) {
  eval { serve(); 1 } or $@ eq $HUNG_UP or die $@;
}

sub serve {
  my $head = line();
  my ($id, $netns, $timeout, $argv, $stdin) = $head =~ /^run (\S+) ([^\s\/]+) ([\d.]+) (\d+) (\d+)$/
    or die "not a request: $head\n";
  my @argv = take($argv) =~ /([^\0]*)\0/g;
  my ($code, $stdout, $stderr) = run($netns, \@argv, take($stdin), $timeout);
  send_all(join(' ', $id, $code, length $stdout, length $stderr) . "\n");
  send_all($stdout);
  send_all($stderr);
}

# Runs a program: its exit code and both outputs.
sub run {
  my ($netns, $argv, $input, $timeout) = @_;
  my $namespace;
  if ($netns ne '-') {
    open $namespace, '<', "/run/netns/$netns" or return (1, '', "$netns: no such network namespace\n");
  }
  my $name = "$SCRATCH/agent-$$";
  my @files = map { scratch("$name-$_") } 0 .. 2;
  syswrite_all($files[0], $input);
  sysseek $files[0], 0, 0;

  # Closed by a successful exec; otherwise it brings the reason.
  pipe my $told, my $tell or die "pipe: $!\n";
  my $pid = fork // die "fork: $!\n";
  if ($pid == 0) {
    setpgrp 0, 0;
    POSIX::_exit(1) if $namespace and syscall($SETNS, fileno $namespace, $NEWNET) < 0;
    for my $fd (0 .. 2) { POSIX::dup2(fileno $files[$fd], $fd) }
    no warnings 'exec';
    exec { $argv->[0] } @$argv;
    syswrite $tell, $! + 0;
    POSIX::_exit(127);
  }
  close $tell;
  my $reason = '';
  sysread $told, $reason, 16;

  my $late = !ends($pid, $timeout);
  kill KILL => -$pid if $late;
  waitpid $pid, 0;
  my $status = $?;
  my ($stdout, $stderr) = map { slurp($_) } @files[1, 2];
  my $failed = sub { ($_[0], $stdout, "$stderr$argv->[0]: $_[1]\n") };
  return $failed->(127, 'no such program') if $reason ne '' && $reason == ENOENT;
  return $failed->(126, 'not executable') if $reason ne '';
  return $failed->(124, "no answer within $timeout s") if $late;
  return $failed->(1, 'killed by signal ' . ($status & 127)) if $status & 127;
  return ($status >> 8, $stdout, $stderr);
}

# Waits for a process to end, for so many seconds. Whether it did.
sub ends {
  my ($pid, $seconds) = @_;
  my $fd = syscall $PIDFD, $pid, 0;
  die "pidfd_open: $!\n" if $fd < 0;
  open my $handle, '<&=', $fd or die "pidfd: $!\n";
  vec(my $ready = '', $fd, 1) = 1;
  return select($ready, undef, undef, $seconds) > 0;
}

# A file without a name.
sub scratch {
  my ($name) = @_;
  open my $file, '+>:raw', $name or die "$name: $!\n";
  unlink $name;
  return $file;
}

sub slurp {
  my ($file) = @_;
  sysseek $file, 0, 0;
  my $text = '';
  while (sysread $file, $text, 1 << 20, length $text) { }
  return $text;
}

sub line {
  more() while index($buffer, "\n") < 0;
  my $line = take(index($buffer, "\n") + 1);
  chomp $line;
  return $line;
}

sub take {
  my ($count) = @_;
  more() while length $buffer < $count;
  return substr $buffer, 0, $count, '';
}

# At the other end nobody is a read of nothing, at once. Half a request is then forgotten.
sub more {
  my $count = sysread $port, $buffer, 1 << 16, length $buffer;
  return if $count;
  die "read: $!\n" unless defined $count or $! == EINTR;
  return unless defined $count;
  $buffer = '';
  select undef, undef, undef, 0.01;
  die $HUNG_UP;
}

sub send_all { syswrite_all($port, $_[0]) }

sub syswrite_all {
  my ($file, $text) = @_;
  my $sent = 0;
  while ($sent < length $text) {
    my $count = syswrite $file, $text, $BLOCK, $sent;
    die "write: $!\n" unless defined $count or $! == EINTR;
    $sent += $count // 0;
  }
}
