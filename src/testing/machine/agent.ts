/**
 * Agent: this machine as tests of the kernel ring use it. Programs are started by a small process beside jest, which is as
 * much faster as jest is larger (scripts/agent.pl); what they do and how they end is the same as with netnsHost().
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll } from '@jest/globals';
import { type Host, type HostAt, type HostOptions, inNetns, type Outcome, TIMEOUT_SECONDS } from '../../apply/host.js';
import { ROOT } from '../cases/cases.js';
import { TOOL_SECONDS } from '../run/patience.js';
import { answerReader, requestBytes } from './wire.js';

export interface AgentOptions extends Pick<HostOptions, 'timeoutSeconds'> {
  /** A network namespace by the name that `ip netns` has for it; this process's own when absent. */
  readonly netns?: string;
}

/** This machine, in the network namespace that is named. */
export function agentHost({ netns, timeoutSeconds = TOOL_SECONDS }: AgentOptions = {}): Host {
  return {
    run: (argv, stdin = '') =>
      new Promise((resolve) => {
        agent ??= start();
        const id = String(++count);
        waiting.set(id, resolve);
        const text = typeof stdin === 'string' ? stdin : [...stdin].join('');
        agent.stdin?.write(requestBytes({ id, netns, argv, stdin: text, timeoutSeconds }));
      }),
  };
}

/**
 * The same as a command of vipc takes it. What it starts inherits no lock: it ends with this process, which a test does not
 * kill.
 */
export const agentAt: HostAt = (netns, { timeoutSeconds = TIMEOUT_SECONDS } = {}) =>
  netns?.includes('/')
    ? inNetns(agentHost({ timeoutSeconds }), netns)
    : agentHost({ timeoutSeconds, ...(netns !== undefined && { netns }) });

const waiting = new Map<string, (outcome: Outcome) => void>();
let agent: ChildProcess | undefined;
let count = 0;

function start(): ChildProcess {
  const child = spawn('perl', [`${ROOT}scripts/agent.pl`, '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  const read = answerReader(({ id, outcome }) => {
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  });
  child.stdout?.on('data', read);
  child.stdin?.on('error', () => {});
  child.on('close', () => {
    for (const [id, resolve] of waiting)
      resolve({ code: 1, stdout: '', stderr: `agent: ended before request ${id} did\n` });
    waiting.clear();
    if (agent === child) agent = undefined;
  });
  return child;
}

// Each test file has this module anew.
afterAll(() => void agent?.stdin?.end());
