# Connects again and again for as long as FILE is there, and then prints what came of it, as JSON: `perl stream.pl FILE
# PROTOCOL ADDRESS PORT SOURCE_PORT PAUSE_MS SECONDS`, after once.pl. Its first answer adds a byte to FILE.
use POSIX ();

# Milliseconds since some time, in steps of ten; perl-base has no better clock.
sub now { return (POSIX::times())[0] * 10 }

my ($file, $protocol, $address, $port, $from, $pause, $limit) = @ARGV;
my ($answers, $slowest, $last, %failures) = (0, 0, '');
while (-e $file) {
  my $start = now();
  $last = once($protocol, $address, $port, $limit, $from);
  my $took = now() - $start;
  $slowest = $took if $took > $slowest;
  # An answer has addresses.
  if ($last !~ /[.:]/) { $failures{$last}++ }
  elsif ($answers++ == 0) {
    open(my $out, '>>', $file) or die "$file: $!\n";
    syswrite($out, '.');
  }
  select(undef, undef, undef, $pause / 1000);
}
my $failures = join(',', map { "\"$_\":$failures{$_}" } sort keys %failures);
printf qq({"answers":%d,"failures":{%s},"slowestMs":%d,"last":"%s"}\n), $answers, $failures, $slowest, $last;
