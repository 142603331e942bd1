/**
 * cli, part of lint: findings as workflow commands of GitHub Actions, which annotate the lines of a pull request
 * (docs.github.com, Workflow commands; the escaping is that of actions/toolkit, command.ts).
 */
import type { Diagnostic, Severity } from '../../diag.js';
import { placeOf } from './places.js';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** `::warning file=a.yaml,line=3,col=5,title=code::message`, one line each. */
export function githubLines(findings: readonly Diagnostic[]): readonly string[] {
  return findings.map(({ code, severity, message, origin, hint }) => {
    const place = placeOf(origin);
    const properties = [
      ...(place ? [`file=${property(place.file)}`, `line=${place.line}`, `col=${place.col}`] : []),
      `title=${property(code)}`,
    ];
    const object = origin?.object === undefined || message.startsWith(origin.object) ? '' : `${origin.object}: `;
    const text = `${object}${message}${hint === undefined ? '' : `\n${hint}`}`;
    return `::${COMMANDS[severity]} ${properties.join(',')}::${data(text)}`;
  });
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
