#!/usr/bin/perl
# An agent of the tests: runs programs for the process at the other end, any number at a time. `agent.pl DEVICE` uses a
# serial port, in the machine of the guest ring; `agent.pl -` uses standard input and output, for the kernel ring: a
# process as large as jest takes thirty milliseconds to start a program, this one two.
#
#   request:  run ID NETNS TIMEOUT ARGV STDIN\n   then ARGV + STDIN bytes: arguments, each ended by NUL; the input
#   answer:   ID CODE STDOUT STDERR\n             then the bytes of both outputs
#
# NETNS is a name of `ip netns`, or - for its own; `ip netns exec` would take four times as long.
# The program's input and outputs are files, so a child that it left behind blocks nothing. On a timeout all its
# processes are killed, except those started with setsid. Codes as in src/apply/host.ts: 124 timeout, 126 not
# executable, 127 not found.
use strict;
use warnings;
use Errno qw(EINTR ENOENT);
use POSIX ();

my $SCRATCH   = '/dev/shm';
my $BLOCK     = 32768;
my $PIDFD     = 434;           # pidfd_open
my $SETNS     = 308;           # on amd64
my $NEWNET    = 0x40000000;
my $CLOCK     = 228;           # clock_gettime, likewise
my $MONOTONIC = 1;

my ($device) = @ARGV;
my ($in, $out) = ends_of($device);
my $buffer = '';
# Running programs: descriptor of the process => its state.
my %running;

while (1) {
  vec(my $watched = '', fileno $in, 1) = 1;
  vec($watched, $_, 1) = 1 for keys %running;
  my ($next) = sort { $a <=> $b } map { $_->{until} } values %running;
  my $wait = defined $next ? $next - now() : undef;
  my $count = select my $ready = $watched, undef, undef, defined $wait && $wait < 0 ? 0 : $wait;
  next if $count < 0;
  for my $fd (keys %running) {
    my $ended = $count && vec $ready, $fd, 1;
    finish(delete $running{$fd}, !$ended) if $ended or $running{$fd}{until} <= now();
  }
  hear() if $count && vec $ready, fileno $in, 1;
}

# Seconds since an arbitrary start; Debian's perl-base has no Time::HiRes.
sub now {
  my $time = "\0" x 16;
  syscall $CLOCK, $MONOTONIC, $time;
  my ($seconds, $nanoseconds) = unpack 'q q', $time;
  return $seconds + $nanoseconds / 1e9;
}

sub ends_of {
  my ($name) = @_;
  return (\*STDIN, \*STDOUT) if $name eq '-';
  open my $port, '+<:raw', $name or die "$name: $!\n";
  return ($port, $port);
}

# Reads the available bytes, and starts the requested programs.
sub hear {
  my $count = sysread $in, $buffer, 1 << 16, length $buffer;
  die "read: $!\n" unless defined $count or $! == EINTR;
  hung_up() if defined $count && $count == 0;
  while ((my $end = index $buffer, "\n") >= 0) {
    my $head = substr $buffer, 0, $end;
    my ($id, $netns, $timeout, $argv, $stdin) = $head =~ /^run (\S+) ([^\s\/]+) ([\d.]+) (\d+) (\d+)$/
      or die "not a request: $head\n";
    last if length $buffer < $end + 1 + $argv + $stdin;
    substr $buffer, 0, $end + 1, '';
    my @argv = substr($buffer, 0, $argv, '') =~ /([^\0]*)\0/g;
    begin($id, $netns, \@argv, substr($buffer, 0, $stdin, ''), $timeout);
  }
}

# On a serial port a read of nothing means that no client is connected; half a request is then dropped, and the port is
# asked again now and then: more often would keep the emulated processor busy. On standard input it is the end.
sub hung_up {
  if ($device eq '-') {
    kill KILL => -$_->{pid} for values %running;
    exit 0;
  }
  $buffer = '';
  select undef, undef, undef, 0.2;
}

# Starts a program.
sub begin {
  my ($id, $netns, $argv, $input, $timeout) = @_;
  my $namespace;
  if ($netns ne '-') {
    open $namespace, '<', "/run/netns/$netns" or return answer($id, 1, '', "$netns: no such network namespace\n");
  }
  my @files = map { scratch("$SCRATCH/agent-$$-$_") } 0 .. 2;
  syswrite_all($files[0], $input);
  sysseek $files[0], 0, 0;

  # A successful exec closes it; otherwise it carries the error.
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
  my $fd = syscall $PIDFD, $pid, 0;
  die "pidfd_open: $!\n" if $fd < 0;
  open my $handle, '<&=', $fd or die "pidfd: $!\n";
  $running{$fd} = {
    id => $id, pid => $pid, handle => $handle, files => \@files, program => $argv->[0], reason => $reason,
    timeout => $timeout, until => now() + $timeout,
  };
}

# Reports how a program ended, or kills it after its timeout.
sub finish {
  my ($run, $late) = @_;
  kill KILL => -$run->{pid} if $late;
  waitpid $run->{pid}, 0;
  my $status = $?;
  my ($stdout, $stderr) = map { slurp($_) } @{$run->{files}}[1, 2];
  my $failed = sub { answer($run->{id}, $_[0], $stdout, "$stderr$run->{program}: $_[1]\n") };
  return $failed->(127, 'no such program') if $run->{reason} ne '' && $run->{reason} == ENOENT;
  return $failed->(126, 'not executable') if $run->{reason} ne '';
  return $failed->(124, "no answer within $run->{timeout} s") if $late;
  return $failed->(128 + ($status & 127), 'killed by signal ' . ($status & 127)) if $status & 127;
  answer($run->{id}, $status >> 8, $stdout, $stderr);
}

sub answer {
  my ($id, $code, $stdout, $stderr) = @_;
  syswrite_all($out, join(' ', $id, $code, length $stdout, length $stderr) . "\n");
  syswrite_all($out, $stdout);
  syswrite_all($out, $stderr);
}

# An unnamed temporary file.
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

sub syswrite_all {
  my ($file, $text) = @_;
  my $sent = 0;
  while ($sent < length $text) {
    my $count = syswrite $file, $text, $BLOCK, $sent;
    die "write: $!\n" unless defined $count or $! == EINTR;
    $sent += $count // 0;
  }
}
