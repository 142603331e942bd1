# Connects repeatedly while FILE exists, and then prints the results as JSON: `perl stream.pl FILE PROTOCOL ADDRESS PORT
# SOURCE_PORT PAUSE_MS SECONDS`, appended to once.pl. Its first answer adds a byte to FILE.

# How many SYNs the kernel of this namespace has sent again, for this stream or others. It resends after a second
# without an answer, so the count shows lost packets; the duration of a connection would also show a busy machine.
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
  # An answer contains addresses.
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
