/**
 * cli: diagnostics → lines for people: file:line:col, the problem, the source line, the remedy.
 */
import type { Diagnostic, Origin, Severity } from '../diag.js';
import { excerpt, locate, placeText } from '../read/locate.js';
import { type Io, painter, type Style, writeLines } from './io.js';

const COLOUR: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', note: 'cyan' };

/** `diagnostics` as the flags judge them: --strict turns warnings into errors. */
export function judged(
  diagnostics: readonly Diagnostic[],
  { strict = false }: { readonly strict?: boolean },
): readonly Diagnostic[] {
  if (!strict) return diagnostics;
  return diagnostics.map((each) => (each.severity === 'warning' ? { ...each, severity: 'error' } : each));
}

/** Writes `diagnostics` to standard error, notes only when `verbose`, and a line that counts them. */
export async function report(diagnostics: readonly Diagnostic[], verbose: boolean, io: Io): Promise<void> {
  const paint = painter(io.stderr, io.env);
  const shown = inOrder(diagnostics.filter((diagnostic) => verbose || diagnostic.severity !== 'note'));
  for (const diagnostic of shown) await writeLines(io.stderr, format(diagnostic, paint));
  const summary = summarise(diagnostics, verbose);
  if (summary !== '') await writeLines(io.stderr, [summary]);
}

/** Diagnostics by line, with files in the order of their first diagnostic; those without a place first. */
export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ origin }) => origin && locate(origin).file))];
  const keyed = diagnostics.map((diagnostic) => {
    const { file, line, col } = diagnostic.origin ? locate(diagnostic.origin) : { file: undefined, line: 0, col: 0 };
    return { diagnostic, key: [file === undefined ? -1 : files.indexOf(file), line, col] as const };
  });
  keyed.sort(({ key: a }, { key: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return keyed.map(({ diagnostic }) => diagnostic);
}

/** One diagnostic as lines. */
export function* format(diagnostic: Diagnostic, paint: (style: Style, text: string) => string): Generator<string> {
  const { severity, message, origin, related, hint } = diagnostic;
  const label = paint(COLOUR[severity], `${severity}:`);
  yield origin
    ? `${paint('bold', placeText(origin))}: ${label} ${subject(origin, message)}${message}`
    : `${label} ${message}`;
  if (origin) yield* marked(origin, paint);
  if (related) yield `  ${placeText(related.origin)}: ${related.message}`;
  if (hint !== undefined) yield `  ${hint}`;
}

/** `Service default/web: `, when neither the message nor the place begins with it. */
function subject({ object, source }: Origin, message: string): string {
  return object === undefined || source.api || message.startsWith(object) ? '' : `${object}: `;
}

/** The line of the source with a mark below the place. */
function* marked(origin: Origin, paint: (style: Style, text: string) => string): Generator<string> {
  const line = excerpt(origin);
  if (line === undefined) return;
  const position = locate(origin);
  const number = String(position.line).padStart(5);
  yield `${paint('dim', `${number} |`)} ${line}`;
  if (position.col > line.length + 1) return;
  // Tabs are copied into the indent, because their width depends on the terminal.
  const indent = line.slice(0, position.col - 1).replace(/[^\t]/g, ' ');
  yield `${' '.repeat(number.length)} ${paint('dim', '|')} ${indent.padEnd(position.col - 1)}^`;
}

function summarise(diagnostics: readonly Diagnostic[], verbose: boolean): string {
  const count = (severity: Severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const counts = (['error', 'warning', 'note'] as const).map((severity) => [count(severity), severity] as const);
  const parts = counts.filter(([n]) => n > 0).map(([n, severity]) => `${n} ${severity}${n === 1 ? '' : 's'}`);
  if (parts.length === 0) return '';
  const made = diagnostics.filter(({ synthetic }) => synthetic).length;
  const about = made === 0 ? '' : made === count('note') ? ' on what is synthetic' : `, ${made} on what is synthetic`;
  return `${parts.join(', ')}${about}${!verbose && count('note') > 0 ? ' (-v shows notes)' : ''}`;
}
