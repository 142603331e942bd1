// A failure to start, for lack of open files or of a build, is trouble: one sentence and exit code 2, because 1 means
// "different". So is an error that no command expects.

import { setFlagsFromString } from 'node:v8';

// Rules are made by the hundred thousand and live shortly. V8 takes them for long-lived after the first few, and then
// makes them where it seldom collects garbage: more memory, and more time.
setFlagsFromString('--no-allocation-site-pretenuring');

// Garbage is collected when the memory in use has grown by so much since the last time, in percent. By default V8 lets a
// heap of this size double or more; this takes a quarter less, and no more time.
setFlagsFromString('--heap-growing-percent=30');

/** Runs vipc; `name` is the program's name in messages. */
export async function start(name) {
  process.on('uncaughtException', fail);
  try {
    const { main } = await import('../dist/cli/main.js');
    process.exitCode = await main(process.argv.slice(2), undefined, name);
  } catch (error) {
    fail(error);
  }
}

const WHY = {
  EMFILE: 'it may not open more files (ulimit -n)',
  ENFILE: 'the system may not open more files',
  ENOMEM: 'there is not enough memory',
  EACCES: 'its own files may not be read',
  ERR_MODULE_NOT_FOUND: 'a part of it is missing: npm ci installs and builds it',
};

function fail(error) {
  const why = WHY[error?.code] ?? String(error?.message ?? error).split('\n')[0];
  process.stderr.write(`error: vipc cannot go on: ${why}\n`);
  if (process.env.VIPC_DEBUG) process.stderr.write(`${error?.stack}\n`);
  process.exit(2);
}
