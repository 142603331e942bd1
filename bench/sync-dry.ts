/**
 * A case of bench:sync without a node, for modes whose kernel modules a machine may lack: what vipc computes for a change,
 * up to the input of the tools.
 */

import { compileAll } from '../src/increment/compiler.js';
import { DEFAULT_OPTIONS } from '../src/options.js';
import { planChange } from '../src/sync/partial.js';
import { chunks } from '../src/text.js';
import { textOf } from '../src/tools/tool.js';
import type { ObservedState } from '../src/tools/tools.js';
import type { Store } from '../src/watch/store.js';
import { NODE } from './cluster.js';
import type { Case } from './sync-cases.js';

const NOTHING: ObservedState = {
  iptables: [
    { family: 'ipv4', tables: [] },
    { family: 'ipv6', tables: [] },
  ],
};

/** Compiles and plans what changed in the store; the milliseconds of computing, of compiling and of planning. */
export function newDry({ mode, layout }: Case, store: Store): () => Promise<readonly [number, number, number]> {
  const machine = { hostname: NODE, addresses: ['192.168.1.2'] };
  const { value } = compileAll(store, { ...DEFAULT_OPTIONS, mode, nodeName: NODE, machine }, { layout });
  if (!value) throw new Error('nothing was compiled');
  store.takeChanges();
  const host = { run: async () => ({ code: 0, stdout: '', stderr: '' }) };
  const target = { host, detected: {}, waitSeconds: 0, onWait: () => {} };
  return async () => {
    const [begin, cpu] = [performance.now(), process.cpuUsage()];
    const change = value.change(store, store.takeChanges().names);
    const compiled = performance.now();
    const { next } = await planChange(target, NOTHING, change, { chainsPerCommit: 300, excludeCIDRs: [] });
    const planned = performance.now();
    for (const step of next.steps) for (const _ of chunks(textOf(step)));
    const { user, system } = process.cpuUsage(cpu);
    return [(user + system) / 1000, compiled - begin, planned - compiled];
  };
}
