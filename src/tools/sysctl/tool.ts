/**
 * sysctl as a tool: kernel parameters. There is nothing to take away: what a mode does not want it leaves as it is.
 */
import { show as shown } from '../../diag.js';
import { answer } from '../ask.js';
import { sides, type Tool } from '../tool.js';
import { parse, print, type Sysctls } from './sysctl.js';

export const sysctl: Tool<'sysctl', Sysctls, Sysctls, Sysctls, undefined> = {
  name: 'sysctl',
  nothing: {},
  // In a container they may not be the container's to set. Services are served without, but for some corner cases.
  optional: { code: 'sysctl-not-set', hint: 'set it on the node' },

  /** Of the desired names those that are there. The kernel does not have all of them yet, and a node may lack sysctl(8). */
  async read(ask, { desired = {} }) {
    const names = Object.keys(desired);
    if (names.length === 0) return {};
    const text = (await answer(ask, ['sysctl', '-e', ...names])) ?? '';
    const unread = text.split('\n').filter((line) => line !== '' && !/^\S+ = /.test(line));
    if (unread.length > 0)
      throw new Error(`sysctl prints something that vipc does not understand: ${shown(unread[0])}`);
    return Object.fromEntries(Object.entries(parse(text)).filter(([name]) => names.includes(name)));
  },
  foreign: (observed) => observed,
  assume: (foreign, desired) => ({ ...foreign, ...desired }),
  /** Those that differ, as they should be. */
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
