/**
 * read, step 1: files, directories and standard input become sources: texts under the names the user gave them.
 * In: the command line's paths. Out: Source[] in that order, a directory's files sorted by code point; not parsed yet.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, constants, promises as fs, openSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Checked, Diagnostic, Source } from '../diag.js';
import { showPath } from '../diag.js';
import { chartAt } from './foreign.js';

/** The name of standard input in messages. */
export const STDIN = '<stdin>';

const MIB = 1 << 20;

/** Far above any cluster, and below what a JavaScript string can hold. */
const MAX_BYTES = 256 * MIB;

/**
 * Reads `paths` (`-` is standard input). A directory means all its *.yaml, *.yml and *.json, recursively, without
 * hidden entries and node_modules; special files in it, such as a FIFO, are passed over with a warning. A file named
 * twice is read once. A path that cannot be read becomes a diagnostic and does not stop the others. A FIFO named
 * directly is read to its end, unless `pipes` is false.
 */
export async function loadSources(
  paths: readonly string[],
  stdin: () => Promise<Buffer>,
  { pipes = true }: { readonly pipes?: boolean } = {},
): Promise<Checked<readonly Source[]>> {
  const value: Source[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const take = async (name: string, id: string, bytes: () => Promise<Buffer | Problem>): Promise<void> => {
    if (seen.has(id)) return;
    seen.add(id);
    const read = await bytes().catch(unreadable);
    const text = Buffer.isBuffer(read) ? decode(read) : read;
    if (typeof text === 'string') value.push({ name, text });
    else diagnostics.push(problemAt(name, text));
  };
  for (const path of paths) {
    if (path === '-') {
      await take(STDIN, STDIN, stdin);
      continue;
    }
    const found = await expand(path).catch(unreadable);
    if ('code' in found) {
      diagnostics.push(problemAt(path, found));
      continue;
    }
    for (const chart of found.charts)
      diagnostics.push({ code: 'not-a-manifest', severity: 'warning', ...chartAt(chart) });
    const { files } = found;
    const named = files.length === 1 && files[0] === path;
    for (const file of files) {
      const kind = named ? undefined : await specialKind(file);
      if (kind !== undefined) diagnostics.push(passedOver(file, kind));
      else await take(file, await identity(file), () => readBytes(file, named && pipes));
    }
  }
  return { value, diagnostics };
}

/**
 * The names, inodes, sizes and times of the files that `paths` stand for: a text that changes when one of them may have
 * changed. It reads no file content.
 */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const lists = await Promise.all(paths.map((path) => expand(path).catch(unreadable)));
  const files = lists.flatMap((found) => ('code' in found ? [] : found.files));
  const problems = lists.flatMap((found) => ('code' in found ? found.message : []));
  const states = await Promise.all(
    files.map((file) =>
      fs.stat(file).then(
        ({ ino, size, mtimeMs }) => `${file} ${ino} ${size} ${mtimeMs}`,
        () => file,
      ),
    ),
  );
  return [...problems, ...states].join('\n');
}

/** The manifests that a directory stands for, without those of charts. */
export async function manifestsIn(directory: string): Promise<readonly string[]> {
  return (await filesBelow(directory, { files: [], charts: [] })).files;
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** Without an origin: there is no text that it could point into. */
function problemAt(name: string, { code, message, hint }: Problem): Diagnostic {
  return { code, severity: 'error', message: `${showPath(name)} ${message}`, ...(hint !== undefined && { hint }) };
}

/** The system's error codes as messages about a path. */
const SYSTEM_ERRORS: Readonly<Record<string, Problem>> = {
  ENOENT: { code: 'not-found', message: 'does not exist' },
  ENOTDIR: { code: 'not-found', message: 'does not exist' },
  EACCES: { code: 'unreadable', message: 'may not be read: permission denied' },
  EPERM: { code: 'unreadable', message: 'may not be read: permission denied' },
  ELOOP: { code: 'unreadable', message: 'is a symbolic link that leads back to itself' },
};

function unreadable(error: unknown): Problem {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  const known = SYSTEM_ERRORS[String(code)];
  return known ?? { code: 'unreadable', message: `cannot be read: ${String(message ?? error)}` };
}

/** The file by which `vipc capture` marks its directories. */
const CAPTURE = 'vipc-capture';

/** The files that a path stands for. Charts are kept apart: their files are templates and values, not manifests. */
interface Found {
  readonly files: string[];
  readonly charts: string[];
}

async function expand(path: string): Promise<Found | Problem> {
  if (!(await fs.stat(path)).isDirectory()) return { files: [path], charts: [] };
  if (await isFile(join(path, CAPTURE)))
    return {
      code: 'not-a-manifest',
      message: 'is a captured node, not a snapshot',
      hint: `vipc diff ${path} SNAPSHOT`,
    };
  const found = await filesBelow(path, { files: [], charts: [] });
  if (found.files.length + found.charts.length > 0) return found;
  return { code: 'not-found', message: 'is a directory without any .yaml, .yml or .json file' };
}

/** Adds the files and charts in `directory` to `found`. */
async function filesBelow(directory: string, found: Found): Promise<Found> {
  const entries = await fs.readdir(directory, { withFileTypes: true });
  if (entries.some(({ name }) => name === 'Chart.yaml')) {
    found.charts.push(directory);
    return found;
  }
  for (const entry of entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(directory, entry.name);
    // Links to directories are not followed: they may form cycles. Mounted ConfigMaps link files only.
    if (entry.isDirectory()) await filesBelow(path, found);
    else if (/\.(ya?ml|json)$/.test(entry.name) && !(await isDirectory(path))) found.files.push(path);
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return fs.stat(path).then(
    (stat) => stat.isFile(),
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return fs.stat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

/** Two names of one file have the same real path. */
async function identity(path: string): Promise<string> {
  return fs.realpath(path).catch(() => path);
}

async function readBytes(path: string, pipes: boolean): Promise<Buffer | Problem> {
  const stat = await fs.stat(path);
  // A pipe is what the shell's <(command) gives.
  if (stat.isFIFO() && pipes) return readFileSync(path);
  if (!stat.isFile()) return { code: 'unreadable', message: `is ${kindOf(stat)}, and neither a file nor a directory` };
  if (stat.size > MAX_BYTES) return tooLarge(stat.size);
  // The path may be a FIFO by now: without O_NONBLOCK, open(2) would wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // In one piece: the asynchronous readFile collects chunks and holds them all twice.
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** `a FIFO`: the kind of a special file; undefined for regular files, and for errors that reading will report. */
async function specialKind(path: string): Promise<string | undefined> {
  return fs.stat(path).then(
    (stat) => (stat.isFile() || stat.isDirectory() ? undefined : kindOf(stat)),
    () => undefined,
  );
}

function kindOf(stat: Stats): string {
  if (stat.isFIFO()) return 'a FIFO';
  return stat.isSocket() ? 'a socket' : 'a device';
}

function passedOver(name: string, kind: string): Diagnostic {
  return { code: 'not-a-file', severity: 'warning', message: `${showPath(name)} is ${kind} and is passed over` };
}

/** The text without byte order marks, or why it cannot be read. */
function decode(bytes: Buffer): string | Problem {
  if (bytes.length > MAX_BYTES) return tooLarge(bytes.length);
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return UTF16;
  if (bytes.includes(0)) return { code: 'not-utf8', message: 'contains NUL characters, so it is not text' };
  // latin1 keeps the text outside the JavaScript heap, so the garbage collector does not copy it.
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) return { code: 'not-utf8', message: 'is not UTF-8 text' };
  const text = bytes.toString('utf8');
  // Concatenated files have a mark at the start of a line.
  return text.includes('\ufeff') ? text.replace(/^\ufeff/gm, '') : text;
}

const UTF16: Problem = {
  code: 'not-utf8',
  message: 'is UTF-16 text; only UTF-8 is read',
  hint: 'PowerShell writes UTF-16 with ">": use "| Out-File -Encoding utf8"',
};

function tooLarge(size: number): Problem {
  return {
    code: 'too-large',
    message: `is ${Math.ceil(size / MIB)} MiB long; at most ${MAX_BYTES / MIB} MiB are read`,
  };
}
