# Connects COUNT times, one after the other, and prints what came of it, one line each: `perl connect.pl PROTOCOL ADDRESS
# PORT COUNT SECONDS`. A line is the server's answer, or `refused`, `timeout`, `unreachable`.
use strict;
use warnings;
use Errno qw(ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH EACCES EPERM);
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);

my ($protocol, $address, $port, $count, $seconds) = @ARGV;
my ($type, $number) = @{ { tcp => [SOCK_STREAM, 6], udp => [SOCK_DGRAM, 17], sctp => [SOCK_STREAM, 132] }->{$protocol} };
my $family = $address =~ /:/ ? AF_INET6 : AF_INET;
my $packed = inet_pton($family, $address) or die "$address: no address\n";
my $name = $family == AF_INET6 ? pack_sockaddr_in6($port, $packed) : pack_sockaddr_in($port, $packed);

print once(), "\n" for 1 .. $count;

sub once {
  socket(my $socket, $family, $type, $number) or die "socket: $!\n";
  my $answer = eval {
    local $SIG{ALRM} = sub { die "timeout\n" };
    alarm($seconds);
    connect($socket, $name) or die $! + 0, "\n";
    syswrite($socket, "?") or die $! + 0, "\n" if $type == SOCK_DGRAM;
    my $got = sysread($socket, my $line, 1500);
    die $! + 0, "\n" unless defined $got;
    die "closed\n" if $got == 0;
    $line =~ s/\s+\z//;
    $line;
  };
  my $why = $@;
  alarm(0);
  close($socket);
  return $answer if defined $answer;
  chomp $why;
  return $why unless $why =~ /^\d+$/;
  return 'refused' if $why == ECONNREFUSED;
  return 'timeout' if $why == ETIMEDOUT;
  return 'unreachable' if $why == EHOSTUNREACH || $why == ENETUNREACH;
  return 'forbidden' if $why == EACCES || $why == EPERM;
  return "error $why";
}
