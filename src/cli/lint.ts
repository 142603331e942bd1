/**
 * cli: `vipc lint`: the input → findings on standard output, and the exit code.
 */
import { existsSync } from 'node:fs';
import { hasErrors, type Severity } from '../diag.js';
import { front } from '../front.js';
import { atLeast, CODES, findingsOf } from '../lint/findings.js';
import { type LintSeverities, readLintConfig } from '../read/lint-config.js';
import { loadSources } from '../read/source.js';
import type { Need } from './api-sources.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type InputFlags, openInput } from './input.js';
import { EXIT, type Io } from './io.js';
import { FORMATS } from './lint/formats.js';
import { inOrder, report } from './report.js';

export interface LintFlags extends CompletionFlags, InputFlags {
  readonly severity: Severity;
  readonly lintConfig?: string;
  readonly format: keyof typeof FORMATS;
  readonly skipInvalid?: boolean;
}

const CONFIG = '.vipc-lint.yaml';

/** The kinds that lint reads from a cluster; workloads and Endpoints come only from files. */
const NEED: Need = {
  kinds: ['Service', 'EndpointSlice', 'Node'],
  also: ['Pod', 'Namespace', 'Ingress', 'NetworkPolicy', 'ServiceCIDR', 'IPAddress'],
};

/** Prints the findings in the input that `paths` name; returns the exit code. */
export async function runLint(paths: readonly string[], flags: LintFlags, io: Io): Promise<number> {
  const completion = completionOf(flags);
  const input = await openInput(paths, flags, io);
  const severities = await loadConfig(flags.lintConfig, io);
  if (!severities) return EXIT.trouble;
  const { value: sources, diagnostics: unread } = await input.read(NEED);
  if (hasErrors(unread)) {
    await report(unread, true, io);
    return EXIT.trouble;
  }
  const { skipInvalid = false, severity, format } = flags;
  const { diagnostics } = front(sources, { skipInvalid, completion, remarks: ['suspect'], rules: 'all' });
  const broken = hasErrors(diagnostics);
  // With errors no lint rule has run, so vipc-ignore comments must not be reported as unused.
  const found = findingsOf([...atLeast(unread, 'warning'), ...diagnostics], broken ? [] : sources, severities);
  const shown = inOrder(atLeast(found, severity));
  await FORMATS[format](shown, io);
  if (broken) return EXIT.trouble;
  return shown.length > 0 ? EXIT.different : EXIT.ok;
}

/** Reads severities from the configuration file and reports its problems; undefined when one is an error. */
async function loadConfig(path: string | undefined, io: Io): Promise<LintSeverities | undefined> {
  if (path === undefined && !existsSync(CONFIG)) return {};
  if (path === '-') throw new Error('--lint-config must name a file; standard input is /dev/stdin');
  const { value: sources, diagnostics } = await loadSources([path ?? CONFIG], async () => Buffer.alloc(0));
  const [source, another] = sources;
  if (another) throw new Error(`--lint-config must name one file, ${path ?? CONFIG} holds several`);
  const read = source ? readLintConfig(source, CODES) : { value: {}, diagnostics: [] };
  const said = [...diagnostics, ...read.diagnostics];
  await report(said, true, io);
  return hasErrors(said) ? undefined : read.value;
}
