# Connects again and again for as long as FILE is there, and then prints what came of it, as JSON: `perl stream.pl FILE
# PROTOCOL ADDRESS PORT SOURCE_PORT PAUSE_MS SECONDS`, after once.pl. Its first answer adds a byte to FILE.

# How many SYNs the kernel of this namespace has sent again, for this stream or others. It does so after a second without an
# answer: that says a packet was lost, where the time a connection took would say as well that the machine was busy.
sub resent {
  open(my $in, '<', '/proc/net/netstat') or die "netstat: $!\n";
  my ($names, $values) = grep { /^TcpExt:/ } <$in>;
  my %count;
  @count{ split ' ', $names } = split ' ', $values;
  return $count{TCPSynRetrans};
}

my ($file, $protocol, $address, $port, $from, $pause, $limit) = @ARGV;
my ($answers, $last, $before, %failures) = (0, '', resent());
while (-e $file) {
  $last = once($protocol, $address, $port, $limit, $from);
  # An answer has addresses.
  if ($last !~ /[.:]/) { $failures{$last}++ }
  elsif ($answers++ == 0) {
    open(my $out, '>>', $file) or die "$file: $!\n";
    syswrite($out, '.');
  }
  select(undef, undef, undef, $pause / 1000);
}
my $failures = join(',', map { "\"$_\":$failures{$_}" } sort keys %failures);
my $resent = $protocol eq 'tcp' ? resent() - $before : 0;
printf qq({"answers":%d,"failures":{%s},"resent":%d,"last":"%s"}\n), $answers, $failures, $resent, $last;
