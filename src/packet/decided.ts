/**
 * decided: matches of other programs' rules whose result the evaluator knows for every packet, as the text of a rule has them.
 */

/** Whether a match, such as ` -m multiport --dports 80,443`, never depends on what is not known. */
export function isDecided(text: string): boolean {
  return DECIDED.test(text);
}

/** multiport is for protocols with ports, and all but the last fragments of a packet have them. */
const DECIDED =
  /^ -m (?:multiport(?: !)? --(?:dports|sports|ports) [\d,:]+|iprange(?:(?: !)? --(?:src|dst)-range [\da-f.:-]+)+)$/;
