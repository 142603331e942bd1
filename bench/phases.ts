/**
 * One measurement of the phases, in its own process, so that its memory can be measured:
 *
 *     node phases.js FILE          prints Phases as JSON
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DEFAULT_FEATURES } from '../src/backends/features.js';
import { backendFor } from '../src/backends/index.js';
import { hasErrors } from '../src/diag.js';
import { DEFAULT_OPTIONS } from '../src/options.js';
import { resolveFamilies } from '../src/pipeline.js';
import { readSnapshot } from '../src/read/snapshot.js';
import { loadSources } from '../src/read/source.js';
import { chunks, joined } from '../src/text.js';
import { NODE } from './cluster.js';

export interface Phases {
  /** Milliseconds. */
  readonly load: number;
  readonly resolve: number;
  /** Chains are lowered and printed one by one, so these two phases have one number. */
  readonly print: number;
  readonly lines: number;
  readonly bytes: number;
  readonly peakKb: number;
}

/** The peak memory of this process; getrusage's value would include the parent's, which the kernel copies at fork. */
export function peakKb(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(JSON.stringify(await measure(process.argv[2] ?? '')));

async function measure(file: string): Promise<Phases> {
  const options = { ...DEFAULT_OPTIONS, nodeName: NODE };
  const started = performance.now();
  const sources = await loadSources([file], async () => Buffer.alloc(0));
  const snapshot = readSnapshot(sources.value);
  const loaded = performance.now();
  const resolved = resolveFamilies(snapshot.value, options);
  const done = performance.now();
  const backend = backendFor(options.mode);
  const errors = [...snapshot.diagnostics, ...resolved.diagnostics].filter((each) => hasErrors([each]));
  if (!backend || errors.length > 0) throw new Error(`cannot compile: ${errors[0]?.message ?? options.mode}`);
  let [lines, bytes] = [0, 0];
  const desired = backend.lower(resolved.value, options, {
    layout: backend.layouts[0] ?? '',
    features: DEFAULT_FEATURES,
  });
  for (const artifact of backend.artifacts(desired, {})) {
    for (const chunk of chunks(
      joined(artifact.parts.filter(({ family }) => family !== 'ipv6').map(({ text }) => text)),
    )) {
      bytes += chunk.length;
      for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) lines++;
    }
  }
  const printed = performance.now();
  return { load: loaded - started, resolve: done - loaded, print: printed - done, lines, bytes, peakKb: peakKb() };
}
