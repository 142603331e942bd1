/**
 * cli: the flags of `vipc report`, and what it reads.
 */
import type { Checked, Source } from '../diag.js';
import type { CompletionFlags } from './cluster.js';
import type { Input } from './input.js';
import type { NodeFlags } from './node-task.js';
import type { NodesFlags } from './nodes.js';

export interface ReportFlags extends Omit<NodeFlags, 'node'>, NodesFlags, CompletionFlags {
  readonly output?: string;
  readonly against?: string;
  readonly live?: boolean;
  readonly domain: string;
}

/** The same input for several readers: standard input can be read once only. */
export function once(input: Input): Input {
  let sources: Promise<Checked<readonly Source[]>> | undefined;
  return {
    namespace: input.namespace,
    read: (need) => {
      sources ??= input.read(need);
      return sources;
    },
  };
}
