/**
 * Culprit: iptables-legacy hands a whole table to the kernel and gets one answer, so its error names the COMMIT line.
 * The refused line is found in an unused network namespace, by bisection: the observed rules and a growing part of the
 * input.
 */
import type { Line } from '../../text.js';
import type { Ask } from '../ask.js';

/** A limit on time: the search loads everything a dozen times. */
const MOST_LINES = 20_000;

/**
 * The index in `input` of the line for which the kernel refuses the COMMIT at index `commit`; undefined when it cannot
 * be found. `family` is `iptables-legacy` or `ip6tables-legacy`, the tool without its verb.
 */
export async function culprit(
  ask: Ask,
  family: string,
  input: readonly Line[],
  commit: number,
): Promise<number | undefined> {
  const observed = (await ask([`${family}-save`])).stdout;
  const texts = input.slice(0, commit).map(({ text }) => text);
  // ipsets belong to one network namespace, so the unused one lacks them.
  if (/ --match-set /.test(observed + texts.join('\n')) || observed.split('\n').length + texts.length > MOST_LINES)
    return undefined;
  const refuses = async (count: number): Promise<boolean> => {
    const script = `${observed}${[...texts.slice(0, count), 'COMMIT', ''].join('\n')}`;
    const { code } = await ask(['unshare', '--net', `${family}-restore`, '--noflush', '--wait=30'], script);
    return code !== 0;
  };
  const begin = texts.findLastIndex((text) => text.startsWith('*')) + 1;
  if ((await refuses(begin)) || !(await refuses(commit))) return undefined;
  // Invariant: the kernel accepts the lines up to `good`, and refuses those up to `bad`.
  let [good, bad] = [begin, commit];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await refuses(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}
