/**
 * Lock: keeps two vipc processes from changing the same node. The tools that the holder starts inherit the lock, and the
 * kernel releases it when they and the holder have ended, however that is: after a kill, too, its tools are waited for.
 */
import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, readFileSync, readSync, writeSync } from 'node:fs';
import { showPath } from '../diag.js';
import { openInPlace } from '../files.js';

export interface LockOptions {
  readonly path: string;
  /** The wait for it, at most. */
  readonly seconds: number;
  /** Called once when another process has it; `holder` names that process, as far as it is known. */
  readonly onWait: (holder: string) => void;
}

/** A lock that is held; every tool that is started meanwhile must inherit `fd`. */
export interface Lock {
  readonly fd: number;
  readonly release: () => void;
}

/** Takes the lock; throws when it is not free in time. The file stays; its content, the holder's PID, is for people. */
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

/** A lock file holds at most a PID. Anything else would be overwritten, and may be a file named by mistake. */
function isLockFile(fd: number): boolean {
  const beginning = Buffer.alloc(32);
  return /^\d{0,20}\n?$/.test(beginning.toString('latin1', 0, readSync(fd, beginning, 0, beginning.length, 0)));
}

function holderOf(path: string): string {
  const pid = readFileSync(path, 'utf8').trim();
  return /^\d+$/.test(pid) ? `another vipc (process ${pid})` : 'another process';
}

/** flock(1) locks the open file that it inherits from us, so the lock outlives flock and is ours. */
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
