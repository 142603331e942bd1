/**
 * All source files, committed or not.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { ROOT } from '../cases/cases.js';

const FOLDERS = ['src', 'bench', 'bin', 'scripts'];

/** Their texts, by path below the root of the repository. */
export function sources(): ReadonlyMap<string, string> {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  const beside = readdirSync(ROOT).filter((path) => path.endsWith('.config.js'));
  const paths = [...below, ...beside].filter((path) => /\.[cm]?[jt]sx?$/.test(path)).sort();
  return new Map(paths.map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
}
