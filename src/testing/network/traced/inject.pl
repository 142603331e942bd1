#!/usr/bin/perl
# Sends packets and follows the kernel's trace of them: inject.pl FAMILY DEVICE..., each line of input a packet of the family
# 4 or 6 as `DEVICE HEX`, which comes in by that tun device, or `- HEX`, which this node sends itself.
#
# Each packet has a number, in the identification of its IPv4 header or the flow label of its IPv6 header, and the type of
# service 0x2c, by which it is told from what the kernel sends of itself. What is printed:
#
#   rule TABLE:CHAIN:rule:HANDLE TEXT   once for each rule that traced a packet, when the monitor says it
#   step NUMBER TABLE:CHAIN:WHAT        a rule with its verdict, or the policy of a chain
#   out NUMBER DEVICE HEX               the packet as it left the node
#   failed NUMBER WHY                   the kernel did not take it
#   lost NUMBER                         the monitor's socket had no room for all that the kernel said of it
#
# xtables-monitor 1.8.9 ends at the first rule of IPv6 that has a port, so there the monitor is nft's.
use strict;
use warnings;
use Errno qw(EPERM);
use Fcntl;
use Socket;

use constant {
  TUNSETIFF   => 0x400454ca,
  TUN_NO_PI   => 0x1001,
  IPPROTO_RAW => 255,
  SERVICE     => 0x2c,
  # Markers have numbers from here to 0xffff, in turn.
  MARKER      => 0xff00,
  # Packets on their way: the buffer of xtables-monitor's socket holds some ninety messages.
  MOST        => 2,
};

my ($family, @devices) = @ARGV;
my @monitor = $family == 4 ? qw(xtables-monitor --trace) : qw(stdbuf -oL nft -a monitor trace);
my @packets = map { [/^(\S+) ([0-9a-f]+)$/] } <STDIN>;
my %tun = map { $_ => tun($_) } @devices;
my (%known, %number, @on_their_way);
my $said = '';
my $markers = 0;
socket my $raw, $family == 4 ? AF_INET : AF_INET6, SOCK_RAW, IPPROTO_RAW or die "raw socket: $!\n";

my $monitor_id = open my $monitor, '-|', @monitor or die "$monitor[0]: $!\n";
# It says nothing when it is ready: markers are sent until one is seen.
do { mark() } until hear(0.05);
# A device sends nothing until the kernel has noticed that it has a carrier.
for my $device (@devices) {
  1 while `ip link show $device` =~ /NO-CARRIER| noop /;
}
for (@packets) {
  my ($device, $hex) = @$_;
  forget();
  my $lost = lost();
  inject($device, pack 'H*', $hex);
  print "lost ", number_of(pack 'H*', $hex), "\n" if lost() > $lost;
  drain();
  wait_for(MOST);
}
mark();
wait_for(0);
drain();
kill 'TERM', $monitor_id;

sub tun {
  my ($name) = @_;
  sysopen my $file, '/dev/net/tun', O_RDWR | O_NONBLOCK or die "/dev/net/tun: $!\n";
  ioctl $file, TUNSETIFF, pack('Z16 S x22', $name, TUN_NO_PI) or die "$name: $!\n";
  return $file;
}

sub number_of {
  my ($packet) = @_;
  return ord($packet) >> 4 == 6 ? unpack('N', $packet) & 0xfffff : unpack('x4 n', $packet);
}

sub inject {
  my ($device, $packet) = @_;
  my $number = number_of($packet);
  # That is not permitted which a rule drops or refuses.
  if ($device eq '-' ? !from_here($packet) && $! != EPERM : !syswrite $tun{$device}, $packet) {
    print "failed $number $!\n";
    return;
  }
  push @on_their_way, $number;
}

sub from_here {
  my ($packet) = @_;
  my ($address) = unpack $family == 4 ? 'x16 a4' : 'x24 a16', $packet;
  return send $raw, $packet, 0, $family == 4 ? pack_sockaddr_in(0, $address) : pack_sockaddr_in6(0, $address);
}

# Sends a packet whose trace ends what came before it.
sub mark {
  my $udp = pack 'n4', 9, 9, 8, 0;
  my $number = MARKER + $markers++ % 256;
  if ($family == 6) {
    my $address = pack 'n8', 0x2001, 0xdb8, (0) x 6;
    inject($devices[0], pack('N n C C', 0x60000000 | SERVICE << 20 | $number, 8, 17, 64) . $address x 2 . $udp);
    return;
  }
  my $header = pack 'C C n n n C C n C8', 0x45, SERVICE, 28, $number, 0, 64, 17, 0, 192, 0, 2, 1, 192, 0, 2, 2;
  my $sum = 0;
  $sum += $_ for unpack 'n*', $header;
  $sum = ($sum & 0xffff) + ($sum >> 16) for 1 .. 2;
  substr $header, 10, 2, pack 'n', ~$sum & 0xffff;
  inject($devices[0], $header . $udp);
}

# Clients that affinity remembers, so that each is new.
sub forget {
  for my $list (glob '/proc/net/xt_recent/*') {
    open my $file, '>', $list or die "$list: $!\n";
    print $file '/';
  }
}

# What left the node.
sub drain {
  for my $device (@devices) {
    while (sysread $tun{$device}, my $packet, 65536) {
      my ($service) = ord($packet) >> 4 == 6 ? unpack('n', $packet) >> 4 & 0xff : unpack 'x C', $packet;
      my $number = number_of($packet);
      next if $service != SERVICE || $number >= MARKER;
      print "out $number $device ", unpack('H*', $packet), "\n";
    }
  }
}

sub wait_for {
  my ($most) = @_;
  while (@on_their_way > $most) {
    # One that the kernel drops before it traces is told by what follows it.
    mark() unless hear(0.5);
  }
}

# Reads what the monitor says, for so many seconds at most; whether it said something.
sub hear {
  my ($seconds) = @_;
  vec(my $watched = '', fileno $monitor, 1) = 1;
  return 0 unless select $watched, undef, undef, $seconds;
  sysread $monitor, $said, 65536, length $said or die "$monitor[0] ended\n";
  while ($said =~ s/^(.*)\n//) {
    $family == 4 ? xtables($1) : nft($1);
  }
  return 1;
}

# How many messages sockets of the namespace had no room for; the kernel traces a packet while it is being sent.
sub lost {
  open my $file, '<', '/proc/net/netlink' or die "/proc/net/netlink: $!\n";
  my $sum = 0;
  while (<$file>) {
    $sum += (split)[8] if $. > 1;
  }
  return $sum;
}

sub xtables {
  my ($line) = @_;
  if ($line =~ /^PACKET: 2 (\S+) /) {
    my $id = $1;
    begin($id, $line =~ / TOS=0x2c .* ID=(\d+) (?!.* RST )/ ? $1 : undef);
  } elsif ($line =~ /^ TRACE: 2 (\S+) ((?:[^:]+:){3}[^: ]+)(\S*) *(.*)$/) {
    my ($id, $what, $verdict, $text) = ($1, $2, $3, $4);
    return unless step($id, "$what$verdict");
    print "rule $what $text\n" if $what =~ /:rule:/ && !$known{$what}++;
  }
}

sub nft {
  my ($line) = @_;
  my ($id, $table, $chain, $what) = $line =~ /^trace id (\S+) ip6 (\S+) (\S+) (.*?) *$/ or return;
  if ($what =~ /^packet: /) {
    begin($id, $what =~ / dscp 0x0b .* flowlabel (\d+) (?!.* flags == .*rst)/ ? $1 : undef);
  } elsif ($what =~ /^policy (\S+)/) {
    step($id, "$table:$chain:policy:\U$1");
  } elsif ($what =~ /^rule .* # handle (\d+) \(verdict (\S+) ?(\S*)\)$/) {
    step($id, sprintf '%s:%s:rule:0x%x:%s', $table, $chain, $1, $3 eq '' ? uc $2 : uc($2) . ":$3");
  }
}

# The monitor says which packet an id is, from now on. The trace comes in the order of the packets, so those before it are
# done.
sub begin {
  my ($id, $number) = @_;
  $number{$id} = $number;
  return unless defined $number && grep { $_ == $number } @on_their_way;
  shift @on_their_way while $on_their_way[0] != $number;
  shift @on_their_way if $number >= MARKER;
}

# Whether it is of one of our packets.
sub step {
  my ($id, $what) = @_;
  my $number = $number{$id};
  return 0 if !defined $number || $number >= MARKER;
  print "step $number $what\n";
  return 1;
}
