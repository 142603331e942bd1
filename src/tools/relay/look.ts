/**
 * look: whether the relay has the listeners that were programmed, each with its endpoints.
 */
import { eachLine } from '../ask.js';
import type { Look } from '../tool.js';
import { printListener } from './print.js';
import type { Listener } from './types.js';

/** Of a relay that is run as `program`. */
export function lookWith(program: string): Look<readonly Listener[], readonly Listener[], undefined> {
  return {
    *parts(listeners) {
      for (const listener of listeners) yield Array.from(printListener(listener), ({ text }) => text).join('\n');
    },
    rest: () => [],
    async read(ask, _, isKnown) {
      let [lines, isAsKnown]: [string[], boolean] = [[], true];
      const endListener = () => {
        if (lines.length > 0 && !isKnown(lines.join('\n'))) isAsKnown = false;
        lines = [];
      };
      const { code } = await eachLine(ask, [program, 'show'], (line) => {
        if (!line.startsWith('  ')) endListener();
        lines.push(line);
      });
      endListener();
      return code === 0 && isAsKnown ? { observed: [] } : undefined;
    },
  };
}
