/**
 * files: the one way to make directories and to write files. Whoever prepares the place, such as a pull request in a
 * checkout, decides nothing but whether it works: no link is written through, no name can be guessed, and a file is
 * replaced whole or not at all. What goes wrong is an Error of one sentence.
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

/** What the system's error codes mean to somebody who named a path. */
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
  // What a system call says names the call, and the path as it is.
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error.message;
  return `${path === undefined ? syscall : showPath(path)}: ${whyNot(error)}`;
}

/** Makes `path` with all directories above it; fine when it is there. */
export function makeDirectory(path: string): void {
  // Node's own `recursive` never ends where the file system says no with ENOENT, as /proc does.
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    for (const each of missing) mkdirUnlessThere(each);
  } catch (error) {
    throw new Error(`the directory ${showPath(path)} cannot be made: ${whyNot(error)}`);
  }
  if (!statSync(path).isDirectory()) throw new Error(`${showPath(path)} is a file, not a directory`);
}

function mkdirUnlessThere(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const raced = (error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path);
    if (!raced) throw error;
  }
}

/**
 * Makes the directory that a user wants output in. A link in the current directory that leads out of it is an Error: a
 * checkout may carry it, and what is written there as root could be /etc/sysctl.conf.
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

/** What a file is to hold, in pieces that are made when they are written. */
export interface NewFile {
  readonly name: string;
  readonly pieces: Iterable<string>;
}

/**
 * Writes `files` into a directory. All are written beside the old ones before the first of those is replaced, so when
 * there is no space all stay as they were; when one cannot be replaced, those that were are put back. A link is replaced, and what it leads to stays.
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

/** A second name for what is at `path`; undefined where there is nothing. */
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

/** What is there now. Devices and pipes are somebody's, and a rename would take them away. */
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

/** The text of a file; rejects a FIFO or device, which may have no end, with an Error, and the absence with ENOENT. */
export function readText(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${showPath(path)} is no regular file`);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** Opens a small file that stays and is written in place, such as a lock; makes it where it is not. Never by a link. */
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
