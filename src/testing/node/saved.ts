/**
 * Saved: iptables-save output, parsed just far enough for comparison: tables, chains, and rules as text. Comment lines
 * and counters are dropped, because they change from one save to the next.
 */

export interface SavedChain {
  readonly name: string;
  /** `ACCEPT` or `DROP` for a built-in chain, `-` for another. */
  readonly policy: string;
  /** The text after `-A CHAIN `, in order. */
  readonly rules: readonly string[];
}

export type SavedTable = ReadonlyMap<string, SavedChain>;

/** The lines of each table, `*name` and `COMMIT` included, by the table's name. */
export function savedTables(text: string): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>();
  let table: string[] | undefined;
  for (const raw of text.split('\n')) {
    const line = plain(raw);
    if (line === '') continue;
    if (line.startsWith('*')) {
      const name = line.slice(1);
      if (tables.has(name)) throw new Error(`two tables ${name}`);
      table = [];
      tables.set(name, table);
    }
    if (!table) throw new Error(`outside of a table: ${line}`);
    table.push(line);
    if (line === 'COMMIT') table = undefined;
  }
  if (table) throw new Error('no COMMIT at the end');
  return tables;
}

/** The chains of every table. */
export function parseSaved(text: string): ReadonlyMap<string, SavedTable> {
  return new Map([...savedTables(text)].map(([name, lines]) => [name, chains(lines.slice(1, -1))]));
}

function chains(lines: readonly string[]): SavedTable {
  const found = new Map<string, { name: string; policy: string; rules: string[] }>();
  for (const line of lines) {
    const [, header, policy, name, rule = ''] = /^(?::(\S+) (\S+) \[0:0\]|-A (\S+)(?: (.*))?)$/.exec(line) ?? [];
    if (header !== undefined && policy !== undefined) found.set(header, { name: header, policy, rules: [] });
    else {
      const chain = found.get(name ?? '');
      if (!chain) throw new Error(`not a chain or a rule of one: ${line}`);
      chain.rules.push(rule);
    }
  }
  return found;
}

/** The line without counters; empty for a comment. `iptables-save -c` puts a rule's counters before it. */
function plain(line: string): string {
  if (line.startsWith('#')) return '';
  return line.replace(/^\[\d+:\d+\] -A /, '-A ').replace(/^(:\S+ \S+) \[\d+:\d+\]$/, '$1 [0:0]');
}
