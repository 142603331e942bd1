/**
 * files: the only code that creates directories and writes files. The content of the target directory (such as a
 * checkout of a hostile pull request) can make writing fail, but not more: no link is followed, temporary names cannot
 * be guessed, and a file is replaced completely or not at all. Failures are Errors of one sentence.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { showPath } from './diag.js';

/** The system's error codes in words. */
const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it would be larger than this process may write',
  ENOENT: 'there is no such place',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a directory',
  EEXIST: 'it is there already',
  ELOOP: 'it is a symbolic link',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'this process may not open more files (ulimit -n)',
  ENFILE: 'the system may not open more files',
  EIO: 'the device fails',
};

/** Why a system call failed, in words. */
function whyNot(error: unknown): string {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown };
  return WHY[String(code)] ?? String(message ?? error);
}

/** An error of the environment, in one sentence. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The message of a failed system call names the call and has the path unescaped.
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error.message;
  return `${path === undefined ? syscall : showPath(path)}: ${whyNot(error)}`;
}

/** Creates `path` and its parents if they do not exist. */
export function makeDirectory(path: string): void {
  // Node's own `recursive` loops forever on file systems that refuse with ENOENT, such as /proc.
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    for (const each of missing) mkdirUnlessExists(each);
  } catch (error) {
    throw new Error(`the directory ${showPath(path)} cannot be made: ${whyNot(error)}`);
  }
  if (!statSync(path).isDirectory()) throw new Error(`${showPath(path)} is a file, not a directory`);
}

function mkdirUnlessExists(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const raced = (error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path);
    if (!raced) throw error;
  }
}

/**
 * Creates the user's output directory. A link in the current directory that leads out of it is an Error: a hostile
 * checkout may contain it, and root would then write to a place such as /etc.
 */
export function makeOutputDirectory(path: string): void {
  const link = linkOutOf(realpathSync('.'), path);
  if (link !== undefined) {
    const { from, to } = link;
    throw new Error(
      `${showPath(from)} is a symbolic link to ${showPath(to)}, outside of the current directory: name that itself`,
    );
  }
  makeDirectory(path);
}

function linkOutOf(here: string, path: string): { readonly from: string; readonly to: string } | undefined {
  let at = here;
  for (const name of relative(here, resolve(path)).split(sep)) {
    const inside = isWithin(at, here);
    at = join(at, name);
    const stat = lstatSync(at, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (!inside || !stat.isSymbolicLink()) continue;
    const to = existsSync(at) ? realpathSync(at) : resolve(dirname(at), readlinkSync(at));
    if (!isWithin(to, here)) return { from: relative(here, at), to };
  }
  return undefined;
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === sep ? sep : `${directory}${sep}`);
}

/** The content of a file, in pieces that are generated while they are written. */
export interface NewFile {
  readonly name: string;
  readonly pieces: Iterable<string>;
}

/**
 * Writes `files` into a directory. All are written to temporary files before the first old file is replaced, so a full
 * disk changes nothing; when one cannot be replaced, the others are restored. A link is replaced, its target is not
 * touched.
 */
export function replaceFiles(directory: string, files: readonly NewFile[]): void {
  const written: { readonly from: string; readonly to: string }[] = [];
  const done: { readonly to: string; readonly kept: string | undefined }[] = [];
  let to = directory;
  try {
    for (const { name, pieces } of files) {
      to = join(directory, name);
      const old = replaceable(to);
      const from = join(directory, `.${name}.${randomBytes(8).toString('hex')}.tmp`);
      written.push({ from, to });
      writeNew(from, pieces, old);
    }
    for (const each of written) {
      to = each.to;
      done.push({ to, kept: keep(to) });
      renameSync(each.from, to);
    }
  } catch (error) {
    for (const { to, kept } of done) putBack(to, kept);
    for (const { from } of written) rmSync(from, { force: true });
    throw new Error(`${showPath(to)} cannot be written: ${whyNot(error)}`);
  }
  for (const { kept } of done) if (kept !== undefined) rmSync(kept, { force: true });
}

/** A second name (hard link) for the file at `path`; undefined when there is none. */
function keep(path: string): string | undefined {
  const kept = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.old`);
  try {
    linkSync(path, kept);
    return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function putBack(path: string, kept: string | undefined): void {
  if (kept === undefined) rmSync(path, { force: true });
  else renameSync(kept, path);
}

/** The file to replace; throws for devices and pipes, which a rename would remove. */
function replaceable(path: string): Stats | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat || stat.isFile() || stat.isSymbolicLink()) return stat;
  throw new Error(stat.isDirectory() ? 'it is a directory' : 'it is no regular file');
}

function writeNew(path: string, pieces: Iterable<string>, old: Stats | undefined): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o666);
  try {
    if (old?.isFile()) fchmodSync(fd, old.mode & 0o777);
    for (const piece of pieces) writeFileSync(fd, piece);
  } finally {
    closeSync(fd);
  }
}

/** The text of a file. Throws for a FIFO or device, which may have no end, and ENOENT when there is no file. */
export function readText(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${showPath(path)} is no regular file`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** Opens or creates a file that is written in place, such as a lock. Never follows a link. */
export function openInPlace(path: string): number {
  makeDirectory(dirname(path));
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch (error) {
    throw new Error(`${showPath(path)} cannot be opened: ${whyNot(error)}`);
  }
  throw new Error(`${showPath(path)} is no regular file`);
}
