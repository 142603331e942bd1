/**
 * sysctl as a tool: kernel parameters. Nothing is ever removed: a parameter that is not desired keeps its value.
 */
import { show as shown } from '../../diag.js';
import { type Ask, answer } from '../ask.js';
import { type ReadScope, sides, type Tool } from '../tool.js';
import { parse, print, type Sysctls } from './sysctl.js';

export const sysctl: Tool<'sysctl', Sysctls, Sysctls, Sysctls, undefined> = {
  name: 'sysctl',
  nothing: {},
  // A container may not be allowed to set them. Services work without them, except for corner cases.
  optional: { code: 'sysctl-not-set', hint: 'set it on the node' },

  read,
  foreign: (observed) => observed,
  assume: (foreign, desired) => ({ ...foreign, ...desired }),
  /** Those that differ, with their desired values. */
  diff: (observed, desired = {}) =>
    Object.fromEntries(Object.entries(desired).filter(([name, value]) => observed[name] !== value)),
  steps: (difference) => [
    { tool: 'sysctl', program: 'sysctl', argv: () => ['sysctl', '-q', '-p', '-'], input: [...print(difference)] },
  ],
  changes(difference, observed) {
    const names = Object.keys(difference);
    if (names.length === 0) return sides([], []);
    const lines = (values: Sysctls) =>
      names.filter((name) => values[name] !== undefined).map((name) => `${name} = ${values[name]}`);
    return sides([{ title: 'sysctl', lines: lines(observed) }], [{ title: 'sysctl', lines: lines(difference) }]);
  },
  ofFamily: (desired) => desired,
  show: () => [],
};

/** Those of the desired names that exist. The kernel may not have all of them yet, and a node may lack sysctl(8). */
async function read(ask: Ask, { desired = {} }: Pick<ReadScope<Sysctls, undefined>, 'desired'>): Promise<Sysctls> {
  const names = Object.keys(desired);
  if (names.length === 0) return {};
  const text = (await answer(ask, ['sysctl', '-e', ...names])) ?? '';
  const unread = text.split('\n').filter((line) => line !== '' && !/^\S+ = /.test(line));
  if (unread.length > 0) throw new Error(`sysctl prints something that vipc does not understand: ${shown(unread[0])}`);
  return Object.fromEntries(Object.entries(parse(text)).filter(([name]) => names.includes(name)));
}
