/**
 * Lock: one vipc on one node at a time. The kernel gives the lock back when its holder ends, however that ends, and the
 * tools that the holder started: they inherit it, so nobody comes between a killed vipc and what it left running.
 */
import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, readFileSync, readSync, writeSync } from 'node:fs';
import { showPath } from '../diag.js';
import { openInPlace } from '../files.js';

export interface LockOptions {
  readonly path: string;
  /** How long to wait for it. */
  readonly seconds: number;
  /** Told once when somebody else has it; `holder` says who, as far as is known. */
  readonly onWait: (holder: string) => void;
}

/** A lock that is held; `fd` is to be handed to every tool that is started meanwhile. */
export interface Lock {
  readonly fd: number;
  readonly release: () => void;
}

/** Takes the lock, or throws when it is not to be had in time. The file stays; what is in it is for people. */
export async function takeLock({ path, seconds, onWait }: LockOptions): Promise<Lock> {
  const fd = openLock(path);
  const release = (): void => closeSync(fd);
  try {
    if (!isLockFile(fd))
      throw new Error(`the lock file ${showPath(path)} holds something else; --lock-file names another`);
    if (!(await flock(fd, 0))) {
      onWait(holderOf(path));
      if (!(await flock(fd, seconds)))
        throw new Error(`${path} is held by ${holderOf(path)}, for more than ${seconds} s`);
    }
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`, 0);
    return { fd, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** /run may be read-only, as in a container, or another user's. */
function openLock(path: string): number {
  try {
    return openInPlace(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the lock cannot be taken: ${why}; --lock-file PATH names another file`);
  }
}

/** What it holds is overwritten, and could be worth something when somebody mistook the file. */
function isLockFile(fd: number): boolean {
  const beginning = Buffer.alloc(32);
  return /^\d{0,20}\n?$/.test(beginning.toString('latin1', 0, readSync(fd, beginning, 0, beginning.length, 0)));
}

function holderOf(path: string): string {
  const pid = readFileSync(path, 'utf8').trim();
  return /^\d+$/.test(pid) ? `another vipc (process ${pid})` : 'another process';
}

/** flock(1) locks the open file that it gets from us, so the lock outlives it and is ours. */
function flock(fd: number, seconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const wait = seconds > 0 ? ['--wait', String(seconds)] : ['--nonblock'];
    const child = spawn('flock', ['--exclusive', ...wait, '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] });
    let said = '';
    child.stderr?.on('data', (data) => {
      said += String(data);
    });
    child.once('error', ({ message }) => reject(new Error(`flock, of util-linux, cannot be run: ${message}`)));
    child.once('close', (code) => {
      if (code === 0 || code === 1) resolve(code === 0);
      else reject(new Error(`flock: ${said.trim() || `exit ${code}`}`));
    });
  });
}
