/**
 * cli, part of lint: findings as SARIF 2.1.0 (OASIS, sarif-v2.1.0), the format of GitHub code scanning and others.
 */
import type { Diagnostic, Origin, Severity } from '../../diag.js';
import { INPUT_CODES } from '../../lint/input-codes.js';
import { RULES } from '../../lint/registry.js';
import { version } from '../version.js';
import { placeOf } from './places.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** `--format sarif`. */
export function sarifLog(findings: readonly Diagnostic[]): object {
  const rules = rulesOf(findings);
  const index = new Map(rules.map(({ id }, i) => [id, i]));
  const driver = { name: 'vipc', version: version(), rules };
  const results = findings.map((finding) => resultOf(finding, index.get(finding.code) ?? -1));
  // A column counts UTF-16 code units here, as in JavaScript.
  return { $schema: SCHEMA, version: '2.1.0', runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }] };
}

interface SarifRule {
  readonly id: string;
}

/** All rules of the registry, then the other codes that findings have, such as those of reading the input. */
function rulesOf(findings: readonly Diagnostic[]): readonly SarifRule[] {
  const known = new Set(RULES.map(({ code }) => code));
  const others = [...new Set(findings.map(({ code }) => code))].filter((code) => !known.has(code)).sort();
  return [
    ...RULES.map(({ code, severity, summary, why, failing, passing }) => ({
      id: code,
      shortDescription: { text: `${summary}.` },
      fullDescription: { text: why },
      help: { text: why, markdown: `${why}\n\nFails:\n\n${yaml(failing)}\n\nPasses:\n\n${yaml(passing)}\n` },
      defaultConfiguration: { level: severity },
    })),
    ...others.map((code) => ({ id: code, shortDescription: { text: `${INPUT_CODES[code] ?? code}.` } })),
  ];
}

function yaml(text: string): string {
  return `\`\`\`yaml\n${text}\`\`\``;
}

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'note' };

function resultOf({ code, severity, message, origin, related, hint }: Diagnostic, ruleIndex: number): object {
  return {
    ruleId: code,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: LEVELS[severity],
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    ...(origin && { locations: [locationOf(origin)] }),
    ...(related && { relatedLocations: [{ ...locationOf(related.origin), message: { text: related.message } }] }),
  };
}

function locationOf(origin: Origin): object {
  const place = placeOf(origin);
  const { object } = origin;
  return {
    ...(place && {
      physicalLocation: {
        artifactLocation: { uri: uriOf(place.file) },
        region: { startLine: place.line, startColumn: place.col },
      },
    }),
    ...(object !== undefined && { logicalLocations: [{ fullyQualifiedName: object, kind: 'resource' }] }),
  };
}

/** A URI reference (RFC 3986); a file URL for an absolute path. encodeURIComponent throws on lone surrogates. */
function uriOf(file: string): string {
  const path = file
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
  return path.startsWith('/') ? `file://${path}` : path;
}
