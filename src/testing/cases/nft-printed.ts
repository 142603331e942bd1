/** nft printed: what nft(8) lists, in vipc's spelling. */
import { render } from '../../text.js';
import { parse } from '../../tools/nft/parse.js';
import { print } from '../../tools/nft/print.js';

/** `listing` as vipc prints the tables in it; throws when it cannot be read. */
export function nftPrinted(listing: string): string {
  const { value, diagnostics } = parse(listing);
  const [problem] = diagnostics;
  if (problem) throw new Error(problem.message);
  return render(print(value));
}
