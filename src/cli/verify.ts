/**
 * cli: runs `vipc verify A B`, which compares how two rule sets treat every packet class.
 */
import { statSync } from 'node:fs';
import { hasErrors, showPath } from '../diag.js';
import { FAMILIES } from '../ip.js';
import { loadSources } from '../read/source.js';
import { accept, BY_DESIGN, parseAccepted } from '../verify/accept.js';
import { toData } from '../verify/data.js';
import { newGroups } from '../verify/groups.js';
import { type Found, isEqual, markdownLines, textLines } from '../verify/tell.js';
import { verify } from '../verify/verify.js';
import { EXIT, type Io, writeJson, writeLines } from './io.js';
import { judged, report } from './report.js';
import { givenOf, loadSide, refuseUseless, type VerifyFlags } from './verify-sides.js';

/** Prints the differences. Exit code 0: none but accepted ones; 1: others, or undecided; 2: unreadable input. */
export async function runVerify(paths: readonly string[], flags: VerifyFlags, io: Io): Promise<number> {
  const [a, b, third] = paths;
  if (a === undefined || b === undefined || third !== undefined)
    throw new Error('name two: snapshots, dumps, directories of dumps, or live (vipc verify --help)');
  if (a === '-' && b === '-') throw new Error('standard input can be one of the two only');
  const lines = (await Promise.all((flags.accept ?? []).map(acceptedIn))).flat();
  const sides = [
    { loaded: await loadSide(a, flags, io), mode: flags.modeA, layout: flags.layoutA },
    { loaded: await loadSide(b, flags, io), mode: flags.modeB, layout: flags.layoutB },
  ] as const;
  refuseUseless(sides, flags);
  const { value, diagnostics } = await givenOf(sides, flags, io);
  const all = judged(diagnostics, flags);
  await report(all, flags.verbose === true, io);
  // Without both rule sets there is no comparison: exit code 2, not 1 as for a difference.
  if (!value || hasErrors(all)) return EXIT.trouble;
  const { add, groups } = newGroups();
  const counts = verify(...value, add, flags.family === undefined ? FAMILIES : [flags.family]);
  const found: Found = { counts, ...accept(groups(), lines) };
  if (flags.format === 'json') await writeJson(io.stdout, toData(found), 2);
  else await writeLines(io.stdout, flags.format === 'markdown' ? markdownLines(found) : textLines(found));
  return isEqual(found) ? EXIT.ok : EXIT.different;
}

/** The lines of --accept: `by-design` itself, or those of the file. */
async function acceptedIn(text: string): Promise<readonly string[]> {
  const found = statSync(text, { throwIfNoEntry: false });
  if (text === BY_DESIGN && !found) return [text];
  if (!found) throw new Error(`--accept: there is no file ${showPath(text)}`);
  if (found.isDirectory()) throw new Error(`--accept: ${showPath(text)} is a directory`);
  const { value, diagnostics } = await loadSources([text], () =>
    Promise.reject(new Error('standard input has no name')),
  );
  for (const { message } of diagnostics) throw new Error(`--accept: ${message}`);
  return value.flatMap((source) => parseAccepted(source.text));
}
