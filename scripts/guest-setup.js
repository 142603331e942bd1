// jest's globalSetup of the guest ring: boots the machine that all its test files share, before the first of them and
// only if there is one. They find it through VIPC_GUEST, its folder; if it cannot run, VIPC_GUEST_PROBLEM says why.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beginRun } from './run.js';

/** Enough for two processors under emulation; with more jest workers, some share a port and wait for each other. */
const MAX_PORTS = 8;

export default async function setUp({ maxWorkers }) {
  // The machine and its folder belong to the run.
  beginRun();
  // jest --watch runs this before each run.
  if (process.env.VIPC_GUEST || process.env.VIPC_GUEST_PROBLEM) return;
  const { folder, problem } = await boot(Math.min(Math.max(maxWorkers, 1), MAX_PORTS));
  if (folder) process.env.VIPC_GUEST = folder;
  else process.env.VIPC_GUEST_PROBLEM = problem;
}

/** The folder of a machine that runs until this process ends, or the reason why there is none. */
function boot(ports) {
  const script = fileURLToPath(new URL('guest-boot.sh', import.meta.url));
  // jest may be killed before it can end the script.
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
      // The pipe must not keep jest from ending.
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
