# Keeps one TCP connection while FILE exists, sends lines on it repeatedly, and writes every answer to FILE.out: `perl
# hold.pl FILE ADDRESS PORT`, to an echo.pl. Finally it resets the connection.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_aton);

my ($file, $address, $port) = @ARGV;
open(my $out, '>', "$file.out") or die "$file.out: $!\n";
socket(my $socket, AF_INET, SOCK_STREAM, 6) or die "socket: $!\n";
setsockopt($socket, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0));
connect($socket, pack_sockaddr_in($port, inet_aton($address))) or die "connect: $!\n";
$SIG{ALRM} = sub { syswrite($out, "timeout\n"); exit };
while (-e $file) {
  alarm(3);
  my $got = sysread($socket, my $line, 1500);
  syswrite($out, $got ? $line : "closed\n");
  last unless $got;
  select(undef, undef, undef, 0.1);
  syswrite($socket, "?\n");
}
