/**
 * cli, part of lint: findings → standard output, in each format.
 */
import type { Diagnostic } from '../../diag.js';
import { type Io, painter, writeJson, writeLines } from '../io.js';
import { format } from '../report.js';
import { counted } from './counts.js';
import { githubLines } from './github.js';
import { jsonFindings } from './json.js';
import { sarifLog } from './sarif.js';

type Print = (findings: readonly Diagnostic[], io: Io) => Promise<void>;

export const FORMATS: Readonly<Record<'text' | 'json' | 'sarif' | 'github', Print>> = {
  text: async (findings, io) => {
    const paint = painter(io.stdout, io.env);
    for (const finding of findings) {
      const { code, message } = finding;
      await writeLines(io.stdout, format({ ...finding, message: `${message} [${code}]` }, paint));
    }
    await writeLines(io.stdout, counted(findings));
  },
  json: (findings, io) => writeJson(io.stdout, jsonFindings(findings), 2),
  sarif: (findings, io) => writeJson(io.stdout, sarifLog(findings), 2),
  github: (findings, io) => writeLines(io.stdout, githubLines(findings)),
};
