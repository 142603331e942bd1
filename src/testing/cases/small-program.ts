/** Small program: the compiled rules of a small cluster, as data. */
import { hasErrors } from '../../diag.js';
import type { Options } from '../../options.js';
import { type Compiled, compileState } from '../../pipeline.js';
import { SMALL_OPTIONS, type SmallService, smallCluster } from './small-cluster.js';

const WEB: SmallService = { name: 'web', number: 1, ready: ['pod1', 'pod2', 'remote'] };

/** The program of node-a for these Services; throws when they have errors. */
export function smallProgram(services: readonly SmallService[] = [WEB], options: Partial<Options> = {}): Compiled {
  const { value, diagnostics } = compileState(smallCluster(services), { ...SMALL_OPTIONS, ...options }, {});
  if (!value || hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}
