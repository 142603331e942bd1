/**
 * set-match: `-m set ! --match-set NAME src,dst`; without the negation it is a match that vipc writes too.
 */
import type { Membership } from './membership.js';
import type { Flow } from './packet.js';

/** The test of the option without its negation; undefined for other options, and sets that are not known. */
export function negatedSet(
  membership: (set: string) => Membership | undefined,
): (option: string, value: string) => ((flow: Flow) => boolean | undefined) | undefined {
  return (option, value) => {
    const [, set = '', list = ''] = /^(\S+) ((?:src|dst)(?:,(?:src|dst))*)$/.exec(value) ?? [];
    const has = option === 'match-set' ? membership(set) : undefined;
    const sides = list.split(',').map((side) => (side === 'src' ? 'src' : 'dst'));
    return has && ((flow) => has(flow, sides));
  };
}
