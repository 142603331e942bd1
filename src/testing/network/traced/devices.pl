# A prefix for scripts that send packets: `perl SCRIPT FAMILY DEVICE...`. FAMILY is 4 or 6. Each device is a tun device of the
# node: what is written to it comes in, and what the node sends by it can be read.
use strict;
use warnings;
use Fcntl;
use Socket;

use constant {
  TUNSETIFF   => 0x400454ca,
  TUN_NO_PI   => 0x1001,
  IPPROTO_RAW => 255,
  # The type of service of test packets: it distinguishes them from packets that the kernel sends by itself.
  SERVICE => 0x2c,
};

our ($family, @devices) = @ARGV;
our %tun = map { $_ => tun($_) } @devices;
socket my $sender, $family == 4 ? AF_INET : AF_INET6, SOCK_RAW, IPPROTO_RAW or die "raw socket: $!\n";

sub tun {
  my ($name) = @_;
  sysopen my $file, '/dev/net/tun', O_RDWR | O_NONBLOCK or die "/dev/net/tun: $!\n";
  ioctl $file, TUNSETIFF, pack('Z16 S x22', $name, TUN_NO_PI) or die "$name: $!\n";
  return $file;
}

# Sends a packet from the node itself.
sub from_here {
  my ($packet) = @_;
  my ($address) = unpack $family == 4 ? 'x16 a4' : 'x24 a16', $packet;
  return send $sender, $packet, 0, $family == 4 ? pack_sockaddr_in(0, $address) : pack_sockaddr_in6(0, $address);
}

# Clears the lists of the recent match, so that session affinity remembers no client.
sub forget {
  for my $list (glob '/proc/net/xt_recent/*') {
    open my $file, '>', $list or die "$list: $!\n";
    print $file '/';
  }
}

