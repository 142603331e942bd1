/**
 * Culprit: iptables-legacy gives a table to the kernel as a whole and gets one answer, so what it names is the line with
 * COMMIT. The line is found in an unused network namespace: with the rules there are, and more and more of what was to come.
 */
import type { Line } from '../../text.js';
import type { Ask } from '../ask.js';

/** More would take longer than anybody waits; the search loads all of it a dozen times. */
const MOST_LINES = 20_000;

/**
 * The place in `input` of the line for which the kernel refuses the COMMIT at place `commit`; undefined when it cannot be
 * found out. `family` is `iptables-legacy` or `ip6tables-legacy`, the tool without its verb.
 */
export async function culprit(
  ask: Ask,
  family: string,
  input: readonly Line[],
  commit: number,
): Promise<number | undefined> {
  const live = (await ask([`${family}-save`])).stdout;
  const texts = input.slice(0, commit).map(({ text }) => text);
  // ipsets are of one namespace.
  if (/ --match-set /.test(live + texts.join('\n')) || live.split('\n').length + texts.length > MOST_LINES)
    return undefined;
  const refuses = async (count: number): Promise<boolean> => {
    const script = `${live}${[...texts.slice(0, count), 'COMMIT', ''].join('\n')}`;
    const { code } = await ask(['unshare', '--net', `${family}-restore`, '--noflush', '--wait=30'], script);
    return code !== 0;
  };
  const begin = texts.findLastIndex((text) => text.startsWith('*')) + 1;
  if ((await refuses(begin)) || !(await refuses(commit))) return undefined;
  // Not yet with so many lines, and already with so many.
  let [good, bad] = [begin, commit];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await refuses(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}
