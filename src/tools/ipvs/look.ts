/**
 * look: whether the kernel has the virtual servers that were programmed, and their real servers. A listing is read line by
 * line. What is none of them may be foreign, or a real server that waits for its last connection: only a whole read tells.
 */
import { demand, eachLine } from '../ask.js';
import type { Look } from '../tool.js';
import type { ObservedIpvs } from './diff.js';
import { parseTimeouts, serviceOf } from './parse.js';
import { print } from './print.js';
import { NO_IPVS } from './read.js';
import type { Ipvs } from './types.js';

export const look: Look<Ipvs, ObservedIpvs, unknown> = {
  *parts({ virtualServers }) {
    for (const { text } of print({ virtualServers })) yield text;
  },
  rest: (desired) => ({ ...desired, virtualServers: [] }),
  async read(ask, _, isKnown) {
    let isAsKnown = true;
    const { code } = await eachLine(ask, ['ipvsadm', '--save', '-n'], (line) => {
      // Virtual servers of firewall marks are never ours.
      if (serviceOf(line) && !isKnown(line)) isAsKnown = false;
    });
    if (code !== 0 || !isAsKnown) return undefined;
    return { observed: { ...NO_IPVS, timeouts: parseTimeouts(await demand(ask, ['ipvsadm', '--list', '--timeout'])) } };
  },
};
