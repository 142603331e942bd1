/**
 * Runs vipc command lines on a separate node.
 */

import type { Host } from '../../apply/host.js';
import { withNetns } from '../machine/netns.js';
import { type Result, vipc } from './vipc.js';

export type Run = (...argv: readonly string[]) => Promise<Result>;

/** A fresh node, with a function that runs vipc commands on it. */
export function onNode(variant: string, use: (run: Run, host: Host, netns: string) => Promise<void>): Promise<void> {
  return withNetns((host, name) =>
    use((command = '', ...rest) => vipc([command, '--netns', name, '--iptables', variant, ...rest]), host, name),
  );
}
