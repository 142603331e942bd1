#!/usr/bin/perl
# The first packets of COUNT new UDP flows to ADDRESS and PORT: the median of the time that send() takes, in microseconds.
# Netfilter does its work for an outgoing packet within send().
use strict;
use warnings;
use Socket;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($address, $count, $port) = @ARGV;
my $to = sockaddr_in($port, inet_aton($address));
my @times;
for (1 .. $count) {
  socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
  bind($socket, sockaddr_in(0, INADDR_ANY)) or die "bind: $!";
  my $begin = clock_gettime(CLOCK_MONOTONIC);
  send($socket, 'x', 0, $to) or die "send: $!";
  push @times, clock_gettime(CLOCK_MONOTONIC) - $begin;
}
@times = sort { $a <=> $b } @times;
printf "%.3f\n", 1e6 * $times[$count / 2];
