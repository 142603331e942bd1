/**
 * All sources there are, whether they were committed or not.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ROOT } from '../cases/cases.js';

const SOURCES = ['src/*.ts', 'bench/*.ts', 'bin/*.js', 'scripts/*.js', '*.config.js'];

/** Their texts, by path below the root of the repository. */
export function sources(): ReadonlyMap<string, string> {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...SOURCES];
  const paths = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  return new Map(paths.flatMap((path) => textAt(path).map((text) => [path, text] as const)));
}

/** None of a file that was deleted and is not committed so. */
function textAt(path: string): readonly string[] {
  try {
    return [readFileSync(`${ROOT}${path}`, 'utf8')];
  } catch {
    return [];
  }
}
