// jest's globalSetup of the guest ring: boots the one machine that all its test files share, before the first of them and
// only when there is one to run. They find it by VIPC_GUEST, its folder; when it cannot be had, VIPC_GUEST_PROBLEM says why.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beginRun } from './run.js';

/** Enough for two processors under emulation; should jest have more workers, some share a port and wait for each other. */
const MAX_PORTS = 8;

export default async function setUp({ maxWorkers }) {
  // The machine and its folder belong to the run.
  beginRun();
  // jest --watch comes here before each run.
  if (process.env.VIPC_GUEST || process.env.VIPC_GUEST_PROBLEM) return;
  const { folder, problem } = await boot(Math.min(Math.max(maxWorkers, 1), MAX_PORTS));
  if (folder) process.env.VIPC_GUEST = folder;
  else process.env.VIPC_GUEST_PROBLEM = problem;
}

/** The folder of a machine that runs until this process ends, or what is in the way. */
function boot(ports) {
  const script = fileURLToPath(new URL('guest-boot.sh', import.meta.url));
  // jest may be killed before it can tell the script to end.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', 'bash', script, String(ports)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill());
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      const [, folder] = /^ready (.*)\n/m.exec(stdout) ?? [];
      if (folder === undefined) return;
      // Nothing of it is to keep jest from ending.
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      resolve({ folder });
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      process.stderr.write(text);
    });
    child.once('error', ({ code }) => resolve({ problem: `needs setpriv, of Linux (${code})` }));
    child.once('close', () => resolve({ problem: reason(stderr) }));
  });
}

/** The script's last line is the reason. */
function reason(stderr) {
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return last.replace(/^guest: /, '') || 'does not boot, and does not say why';
}
