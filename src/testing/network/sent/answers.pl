# Sends packets and prints what became of each: answers.pl FAMILY DEVICE..., appended to devices.pl. Input, one command
# after the other; each prints one line:
#
#   feed BYTES ARGV...\n then BYTES bytes    runs a program with this input                → its exit code
#   send DEVICE COUNT PORT LIST STATE HEX    sends COUNT packets as inject.pl reads them   → ANSWER\tCOUNT\tANSWER\t...
#
# Each of the COUNT packets has another source port, unless PORT is `same`. LIST is a list of the recent match that gets
# the source address first, or -. With the STATE ESTABLISHED, the connection is tracked before. An answer is `out DEVICE SOURCE > DESTINATION PORT MARK`, `delivered SOURCE
# PORT`, `refused TYPE CODE` or `nothing`, and in which lists the kernel put the source address.
#
# The kernel handles a packet while it is written to a tun device or sent; only what goes by lo is queued, for each
# processor. The script stays on one, and waits after each packet for a frame that it sends by lo.
use Errno qw(EPERM);
use File::Temp;

use constant { AF_PACKET => 17, FENCE => 0x88b5, FIRST_PORT => 2048, LAST_PORT => 63000 };

our ($family, @devices, %tun);
my $ip = $family == 4 ? AF_INET : AF_INET6;
my $start = $family == 4 ? 20 : 40;
my %protocols = (tcp => 6, udp => 17, sctp => 132, icmp => $family == 4 ? 1 : 58);
my %heard = map { $_ => raw($protocols{$_}) } keys %protocols;
my $next = FIRST_PORT;
my $lists = [];
stay();
socket my $fence, AF_PACKET, SOCK_DGRAM, unpack('S', pack 'n', FENCE) or die "packet socket: $!\n";
for my $device (@devices) {
  1 while `ip link show $device` =~ /NO-CARRIER| noop /;
}
$| = 1;
binmode STDIN;
while (my $command = <STDIN>) {
  chomp $command;
  my ($what, @words) = split / /, $command;
  print $what eq 'feed' ? feed(@words) : answers(@words), "\n";
}

sub feed {
  my ($bytes, @argv) = @_;
  read(STDIN, my $input, $bytes) == $bytes or die "the input ends early\n" if $bytes > 0;
  my $file = File::Temp->new;
  print $file $input if $bytes > 0;
  $file->flush;
  my $process = fork // die "fork: $!\n";
  if (!$process) {
    open STDIN, '<', "$file" or die "$file: $!\n";
    open STDOUT, '>&', \*STDERR;
    exec @argv or exit 127;
  }
  waitpid $process, 0;
  my $code = $? >> 8;
  $lists = [glob '/proc/net/xt_recent/*'];
  return $code;
}

sub answers {
  my ($device, $count, $port, $list, $state, $hex) = @_;
  my ($given, %counts) = pack 'H*', $hex;
  for (1 .. $count) {
    forget() if @$lists;
    system 'conntrack -F >/dev/null 2>&1' if $port eq 'same';
    my $packet = $port eq 'same' ? checked($given) : with_port($given);
    remember($list, $packet) if $list ne '-';
    track($packet) if $state eq 'ESTABLISHED';
    $counts{answer($device, $packet)}++;
  }
  return join "\t", map { ($_, $counts{$_}) } sort keys %counts;
}

# The packet with a source port that no earlier one had, as far as connection tracking knows.
sub with_port {
  my ($packet) = @_;
  if ($next > LAST_PORT) {
    system 'conntrack -F >/dev/null 2>&1';
    $next = FIRST_PORT;
  }
  substr $packet, $start, 2, pack 'n', $next++ if has_ports($packet);
  return checked($packet);
}

sub has_ports { return grep { protocol_of($_[0]) == $_ } @protocols{qw(tcp udp sctp)} }

sub protocol_of { return ord substr $_[0], $family == 4 ? 9 : 6, 1 }

# The packet with its checksum of TCP or UDP: REJECT does not answer to a wrong one.
sub checked {
  my ($packet) = @_;
  my $protocol = protocol_of($packet);
  my $at = { 6 => 16, 17 => 6 }->{$protocol} // return $packet;
  substr $packet, $start + $at, 2, "\0\0";
  my $ends = $family == 4 ? substr $packet, 12, 8 : substr $packet, 8, 32;
  my $body = substr $packet, $start;
  my $sum = unpack '%32n*', $ends . pack('nn', $protocol, length $body) . $body . (length($body) % 2 ? "\0" : '');
  $sum = ($sum & 0xffff) + ($sum >> 16) for 1 .. 2;
  substr $packet, $start + $at, 2, pack 'n', (~$sum & 0xffff) || 0xffff;
  return $packet;
}

sub answer {
  my ($device, $packet) = @_;
  my $sent = $device eq '-' ? from_here($packet) || $! == EPERM : syswrite $tun{$device}, $packet;
  return "failed $!" unless $sent;
  wait_for_lo();
  my @found = (delivered(), (map { left($_) } @devices), refused());
  # The node answers to what it delivers to a closed port.
  return join ' ', $found[0] // 'nothing', remembered();
}

sub wait_for_lo {
  my $lo = pack 'S n i S C C a8', AF_PACKET, FENCE, 1, 0, 0, 6, '';
  send $fence, 'x', 0, $lo or die "lo: $!\n";
  recv $fence, my $frame, 64, 0;
}

# What the node has sent by a device: the test packet, or a refusal of it.
sub left {
  my ($device) = @_;
  my @found;
  while (sysread $tun{$device}, my $packet, 65536) {
    my $mark = mark_of($packet);
    if ($mark) {
      my ($from, $to) = map { inet_ntop_of($_) } ends_of($packet);
      my $port = has_ports($packet) ? unpack 'n', substr $packet, $start + 2, 2 : '-';
      push @found, "out $device $from > $to $port $mark";
    } elsif (protocol_of($packet) == $protocols{icmp}) {
      push @found, refusal(substr $packet, $start);
    }
  }
  return @found;
}

# The marks that a rule of the test has written to a packet that left; undefined for other packets.
sub mark_of {
  my ($packet) = @_;
  my $service = service_of($packet);
  return $service == SERVICE ? 'unmarked' : $service & 0xe3 || !$service ? undef : 'marked ' . ($service >> 2);
}

sub service_of {
  my ($packet) = @_;
  return length $packet < $start ? 0 : $family == 4 ? ord substr $packet, 1, 1 : unpack('n', $packet) >> 4 & 0xff;
}

sub ends_of {
  my ($packet) = @_;
  return unpack $family == 4 ? 'x12 a4 a4' : 'x8 a16 a16', $packet;
}

sub inet_ntop_of { return Socket::inet_ntop($ip, $_[0]) }

# Raw sockets get what passed the chain INPUT; for IPv6 without its header.
sub delivered {
  my @found;
  for my $name (qw(tcp udp sctp)) {
    while (defined(my $from = recv $heard{$name}, my $packet, 65536, 0)) {
      my $body = $family == 4 ? substr $packet, 20 : $packet;
      # An answer of the node to itself is no test packet: RST, ABORT.
      next if $name eq 'tcp' && ord(substr $body, 13, 1) & 4 or $name eq 'sctp' && ord(substr $body, 12, 1) != 1;
      my (undef, $source) = $family == 4 ? unpack_sockaddr_in($from) : unpack_sockaddr_in6($from);
      push @found, join ' ', 'delivered', inet_ntop_of($source), unpack 'x2 n', $body;
    }
  }
  return @found;
}

sub refused {
  my @found;
  while (defined recv $heard{icmp}, my $packet, 65536, 0) {
    push @found, refusal($family == 4 ? substr $packet, 20 : $packet);
  }
  return @found;
}

# The refusal in a message of ICMP, which quotes the refused packet.
sub refusal {
  my ($message) = @_;
  my ($type, $code) = unpack 'C C', $message;
  return unless $type == ($family == 4 ? 3 : 1) && mark_of(substr $message, 8);
  return "refused $type $code";
}

sub remember {
  my ($list, $packet) = @_;
  my ($source) = ends_of($packet);
  open my $file, '>', "/proc/net/xt_recent/$list" or return;
  print $file '+', inet_ntop_of($source);
}

# Makes an established connection of the packet, which no rule has seen.
sub track {
  my ($packet) = @_;
  my ($from, $to) = map { inet_ntop_of($_) } ends_of($packet);
  my ($source, $destination) = unpack 'n n', substr $packet, $start, 4;
  my @protocol = protocol_of($packet) == 6 ? qw(tcp --state ESTABLISHED) : 'udp';
  my $entry = "-s $from -d $to --sport $source --dport $destination -u SEEN_REPLY,ASSURED -t 60";
  system("conntrack -I -p @protocol $entry >/dev/null 2>&1") == 0 or die "conntrack -I: $entry\n";
}

# The lists that have a client now.
sub remembered {
  my @found;
  for my $path (@$lists) {
    open my $file, '<', $path or next;
    push @found, 'in ' . $path =~ s/.*\///r if <$file>;
  }
  return @found;
}

sub raw {
  my ($protocol) = @_;
  socket my $socket, $ip, SOCK_RAW, $protocol or die "raw socket: $!\n";
  fcntl $socket, F_SETFL, O_NONBLOCK or die "raw socket: $!\n";
  return $socket;
}

# Stays on this processor: getcpu and sched_setaffinity, on amd64.
sub stay {
  my ($processor, $node) = (pack('L', 0)) x 2;
  syscall 309, $processor, $node, 0;
  my $mask = "\0" x 128;
  vec($mask, unpack('L', $processor), 1) = 1;
  syscall(203, 0, length $mask, $mask) == 0 or die "sched_setaffinity: $!\n";
}
