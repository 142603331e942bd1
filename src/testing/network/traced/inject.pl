# Sends packets and reads the kernel's trace of them: inject.pl FAMILY DEVICE..., appended to devices.pl. The first line of
# input is `MONITOR COMMANDS`: xtables or nft, and what nft does to empty the sets of the packets. Each line after it is a
# packet: `DEVICE HEX` comes in by that tun device, and `- HEX` is sent by this node; `DEVICE HEX alone` first forgets all
# clients.
#
# Each packet has a number, in the identification of its IPv4 header or the flow label of its IPv6 header. Its type of
# service, 0x2c, distinguishes it from packets that the kernel sends by itself, except for its RST, which copies that.
# Output:
#
#   rule TABLE:CHAIN:rule:HANDLE TEXT     the text of a rule, once, if the monitor prints it
#   step NUMBER FAMILY TABLE:CHAIN:WHAT   a rule with its verdict, or the policy of a chain; FAMILY as nft calls it
#   out NUMBER DEVICE HEX                 the packet as it left the node
#   failed NUMBER WHY                     the kernel did not accept the packet
#   lost NUMBER                           the monitor's socket had no room for all messages about the packet
use Errno qw(EPERM);

use constant {
  # The markers' numbers are from here to 0xffff, in turn.
  MARKER      => 0xff00,
  # The most packets on their way: the socket buffer of xtables-monitor holds some ninety messages.
  MOST        => 2,
};

our ($family, @devices, %tun);
my ($kind, $empty) = <STDIN> =~ /^(\S+) (.*)$/;
my @monitor = $kind eq 'xtables' ? qw(xtables-monitor --trace) : qw(stdbuf -oL nft -a monitor trace);
my @packets = map { [/^(\S+) ([0-9a-f]+)( alone)?$/] } <STDIN>;
my (%known, %number, @on_their_way);
my $said = '';
my $markers = 0;

my $monitor_id = open my $monitor, '-|', @monitor or die "$monitor[0]: $!\n";
# The monitor does not report when it is ready: send markers until one is seen.
do { mark() } until hear(0.05);
# A device sends nothing until the kernel has detected its carrier.
for my $device (@devices) {
  1 while `ip link show $device` =~ /NO-CARRIER| noop /;
}
for (@packets) {
  my ($device, $hex, $alone) = @$_;
  forget_all() if $alone;
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

sub number_of {
  my ($packet) = @_;
  return ord($packet) >> 4 == 6 ? unpack('N', $packet) & 0xfffff : unpack('x4 n', $packet);
}

sub inject {
  my ($device, $packet) = @_;
  my $number = number_of($packet);
  # send() fails with EPERM if a rule drops or rejects the packet.
  if ($device eq '-' ? !from_here($packet) && $! != EPERM : !syswrite $tun{$device}, $packet) {
    print "failed $number $!\n";
    return;
  }
  push @on_their_way, $number;
}

# Sends a marker: its trace shows that the traces of earlier packets are complete.
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

sub forget_all {
  forget();
  system('nft', $empty) == 0 or die "nft $empty failed\n" if $empty ne '';
}

# Prints the test packets that left the node.
sub drain {
  for my $device (@devices) {
    while (sysread $tun{$device}, my $packet, 65536) {
      my ($service) = ord($packet) >> 4 == 6 ? unpack('n', $packet) >> 4 & 0xff : unpack 'x C', $packet;
      my $number = number_of($packet);
      next if $service != SERVICE || $number >= MARKER || is_reset($packet);
      print "out $number $device ", unpack('H*', $packet), "\n";
    }
  }
}

sub is_reset {
  my ($packet) = @_;
  my ($protocol, $flags) = ord($packet) >> 4 == 6 ? (6, 53) : (9, 33);
  return ord(substr $packet, $protocol, 1) == 6 && ord(substr $packet, $flags, 1) & 4;
}

sub wait_for {
  my ($most) = @_;
  while (@on_their_way > $most) {
    # A packet that the kernel drops untraced is recognized by the trace of a later one.
    mark() unless hear(0.5);
  }
}

# Reads output of the monitor, for at most this many seconds; returns whether there was any.
sub hear {
  my ($seconds) = @_;
  vec(my $watched = '', fileno $monitor, 1) = 1;
  return 0 unless select $watched, undef, undef, $seconds;
  sysread $monitor, $said, 65536, length $said or die "$monitor[0] ended\n";
  while ($said =~ s/^(.*)\n//) {
    $kind eq 'xtables' ? xtables($1) : nft($1);
  }
  return 1;
}

# The number of messages that netlink sockets of the namespace lost; a packet is traced while it is being sent.
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
    return unless step($id, "ip $what$verdict");
    print "rule $what $text\n" if $what =~ /:rule:/ && !$known{$what}++;
  }
}

sub nft {
  my ($line) = @_;
  my ($id, $of, $table, $chain, $what) = $line =~ /^trace id (\S+) (\S+) (\S+) (\S+) (.*?) *$/ or return;
  if ($what =~ /^packet: /) {
    begin($id, $what =~ / dscp 0x0b .* (?:ip id|flowlabel) (\d+) (?!.* flags == (?:.*rst|0x14))/ ? $1 : undef);
  } elsif ($what =~ /^policy (\S+)/) {
    step($id, "$of $table:$chain:policy:\U$1");
  } elsif ($what =~ /^rule .* # handle (\d+) \(verdict (\S+) ?(\S*)\)$/) {
    step($id, sprintf '%s %s:%s:rule:0x%x:%s', $of, $table, $chain, $1, $3 eq '' ? uc $2 : uc($2) . ":$3");
  }
}

# The monitor assigns a trace id to a packet. Traces come in the order of the packets, so those of earlier packets are
# complete.
sub begin {
  my ($id, $number) = @_;
  $number{$id} = $number;
  return unless defined $number && grep { $_ == $number } @on_their_way;
  shift @on_their_way while $on_their_way[0] != $number;
  shift @on_their_way if $number >= MARKER;
}

# Prints a step of a test packet; returns whether the id is of one.
sub step {
  my ($id, $what) = @_;
  my $number = $number{$id};
  return 0 if !defined $number || $number >= MARKER;
  print "step $number $what\n";
  return 1;
}
