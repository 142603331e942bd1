/**
 * Agent: this machine for tests of the kernel ring. A small process beside jest starts the programs (scripts/agent.pl),
 * because forking is slow in a process as large as jest. Programs run and end just as with netnsHost().
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { type Host, type HostAt, type HostOptions, inNetns, type Outcome, TIMEOUT_SECONDS } from '../../apply/host.js';
import { ROOT } from '../cases/cases.js';
import { TOOL_SECONDS } from '../run/patience.js';
import { answerReader, requestBytes } from './wire.js';

export interface AgentOptions extends Pick<HostOptions, 'timeoutSeconds'> {
  /** A name of `ip netns`; when absent, the network namespace of this process. */
  readonly netns?: string;
}

/** This machine, in the named network namespace. */
export function agentHost({ netns, timeoutSeconds = TOOL_SECONDS }: AgentOptions = {}): Host {
  return {
    run: (argv, stdin = '') =>
      new Promise((resolve) => {
        agent ??= start();
        const id = String(++count);
        waiting.set(id, resolve);
        hold(agent, true);
        const text = typeof stdin === 'string' ? stdin : [...stdin].join('');
        agent.stdin?.write(requestBytes({ id, netns, argv, stdin: text, timeoutSeconds }));
      }),
  };
}

/**
 * The same for commands of vipc. Programs do not inherit the lock; it ends with this process, which tests do not kill.
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
    hold(child, waiting.size > 0);
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

/** Whether this process goes on for the sake of the agent: while it is asked something. */
function hold(child: ChildProcess, isAsked: boolean): void {
  for (const each of [child, child.stdin as Socket | null, child.stdout as Socket | null])
    each?.[isAsked ? 'ref' : 'unref']();
}

// Each test file loads this module anew; where no jest runs, it lasts as long as the process.
const { afterAll: atEnd } = globalThis as { afterAll?: (end: () => void) => void };
atEnd?.(() => void agent?.stdin?.end());
