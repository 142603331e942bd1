/**
 * A command line of vipc, run on a node of its own.
 */

import type { Host } from '../../apply/host.js';
import { withNetns } from '../machine/netns.js';
import { type Result, vipc } from './vipc.js';

export type Run = (...argv: readonly string[]) => Promise<Result>;

/** A fresh node, with a way to run a command of vipc on it. */
export function onNode(variant: string, use: (run: Run, host: Host, netns: string) => Promise<void>): Promise<void> {
  return withNetns((host, name) =>
    use((command = '', ...rest) => vipc([command, '--netns', name, '--iptables', variant, ...rest]), host, name),
  );
}
