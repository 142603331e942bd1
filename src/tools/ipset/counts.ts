/**
 * parseCounts: output of `ipset list -terse` → the existing sets, and how many members each has.
 */
import type { Checked } from '../../diag.js';
import { readLines } from '../lines.js';

export interface SetCount {
  readonly name: string;
  /** Absent before Linux 4.15, which does not report it. */
  readonly members?: number;
}

/** The sets of a whole text, in order. A line that is not ipset's is a diagnostic. */
export function parseCounts(text: string): Checked<readonly SetCount[]> {
  const value: { name: string; members?: number }[] = [];
  const diagnostics = readLines(text, (line) => {
    const [, key, of = ''] = /^([A-Z][A-Za-z ]*):(?: (.*))?$/.exec(line) ?? [];
    const last = value.at(-1);
    if (key === 'Name') value.push({ name: of });
    else if (key === 'Number of entries' && last && /^\d+$/.test(of)) last.members = Number(of);
    else if (line !== '' && (key === undefined || !last)) return 'not a line of ipset list -terse';
    return undefined;
  });
  return { value, diagnostics };
}
