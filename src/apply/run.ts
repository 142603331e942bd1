/**
 * Run: the steps of a plan, each through its tool. What a tool refuses is led back to the line of its input, and so to the
 * Service that the line came from.
 */

import type { Diagnostic } from '../diag.js';
import { show } from '../diag.js';
import type { Step, Tool } from '../diff/plan.js';
import { chunks, type Line } from '../text.js';
import { failure } from './ask.js';
import { culprit } from './culprit.js';
import type { Host, Outcome } from './host.js';
import { isCrash } from './nft.js';
import type { Iptables } from './probe.js';

/** Where to run a plan. */
export interface Target {
  readonly host: Host;
  readonly iptables: Iptables;
  /** How long to wait for somebody else's iptables to end. */
  readonly waitSeconds: number;
  /** Told when there is something to wait for. */
  readonly onWait: (what: string) => void;
}

/** The command line of a step's tool. */
export function argvOf(tool: Tool, { program }: Iptables, waitSeconds: number): readonly string[] {
  switch (tool) {
    case 'iptables':
      return [`${program.ipv4}-restore`, '--noflush', `--wait=${waitSeconds}`];
    case 'ip6tables':
      return [`${program.ipv6}-restore`, '--noflush', `--wait=${waitSeconds}`];
    case 'ipset':
      return ['ipset', '-exist', 'restore'];
    case 'ipvsadm':
      return ['ipvsadm', '--restore'];
    case 'ip':
      return ['ip', '-batch', '-'];
    case 'nft':
      return ['nft', '-f', '-'];
    case 'sysctl':
      return ['sysctl', '-q', '-p', '-'];
  }
}

/**
 * Throws when nft will not do what it is told in the end; to find that out then would be to undo all the rest. An old nft
 * crashes on the sets that a newer one wrote, whatever it is told about them (k/k#136786).
 */
export async function rehearse(steps: readonly Step[], { host }: Target): Promise<void> {
  for (const { input } of steps.filter(({ tool }) => tool === 'nft')) {
    const outcome = await host.run(['nft', '--check', '-f', '-'], chunks(input));
    if (outcome.code === 0) continue;
    const why = isCrash(outcome) ? 'nft crashes on what a newer nft wrote' : failure('nft', outcome);
    const commands = input.map(({ text }) => `nft ${text}`).join('; ');
    throw new Error(
      `${why}, so the tables of nftables mode cannot be removed, and nothing is changed; with a newer nft, such as kube-proxy's: ${commands}`,
    );
  }
}

/** What became of some steps. */
export interface Ran {
  /** What a tool refused; no step after that was run. */
  readonly refused?: Diagnostic;
  readonly warnings: readonly Diagnostic[];
}

/** Runs the steps in order. */
export async function runSteps(steps: readonly Step[], target: Target): Promise<Ran> {
  const warnings: Diagnostic[] = [];
  for (const step of steps) {
    const refused = await runStep(step, target);
    if (refused && step.tool !== 'sysctl') return { refused, warnings };
    // In a container they may be somebody else's to set. Services are served without, all but in some corner.
    if (refused) warnings.push({ ...refused, code: 'sysctl-not-set', severity: 'warning', hint: 'set it on the node' });
  }
  return { warnings };
}

/** Long enough for whoever is in the middle of something small. */
const FIRST_WAIT = 1;

async function runStep(step: Step, target: Target): Promise<Diagnostic | undefined> {
  const { iptables, host, waitSeconds, onWait } = target;
  const run = (seconds: number) => host.run(argvOf(step.tool, iptables, seconds), chunks(step.input));
  const first = Math.min(FIRST_WAIT, waitSeconds);
  let outcome = await run(first);
  if (isLocked(outcome)) {
    onWait(`the xtables lock is held by another program; waiting for it, ${waitSeconds} s at most`);
    outcome = await run(Math.max(waitSeconds - first, 1));
  }
  // ipvsadm ends with 0 whatever the kernel refused.
  const good = outcome.code === 0 && (step.tool !== 'ipvsadm' || outcome.stderr === '');
  return good ? undefined : refusal(step, outcome, target);
}

/** iptables-legacy could not get its lock in time, and has changed nothing. */
function isLocked({ code, stderr }: Outcome): boolean {
  return code !== 0 && /holding the xtables lock/.test(stderr);
}

async function refusal({ tool, input }: Step, outcome: Outcome, target: Target): Promise<Diagnostic> {
  const { waitSeconds } = target;
  const [program = tool] = argvOf(tool, target.iptables, waitSeconds);
  if (isLocked(outcome)) {
    return {
      code: 'xtables-locked',
      severity: 'error',
      message: `${program}: another program has held the xtables lock for ${waitSeconds} s`,
      hint: 'find it with: fuser -v /run/xtables.lock; or wait longer with --wait',
    };
  }
  const named = lineNumber(outcome.stderr);
  const number = named !== undefined && input[named - 1]?.text === 'COMMIT' ? await ruleRefused(named) : named;
  const line: Line | undefined = number === undefined ? undefined : input[number - 1];
  const said = failure(program, outcome);
  return {
    code: 'refused',
    severity: 'error',
    message: line ? `${said}: line ${number} of the input is ${show(line.text)}` : said,
    ...(line?.origin ? { origin: line.origin } : {}),
  };

  async function ruleRefused(commit: number): Promise<number> {
    const place = await culprit(target.host, program.replace(/-restore$/, ''), input, commit - 1);
    return place === undefined ? commit : place + 1;
  }
}

/** `line 3 failed`, `Error occurred at line: 3`, `Error in line 3`, `Command failed -:3`. */
function lineNumber(text: string): number | undefined {
  const [, number] = /\bline:? (\d+)|Command failed -:(\d+)/.exec(text)?.filter((part) => part !== undefined) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** What of the input of an ipvsadm step is refused and why: it names no line, so each is tried by itself. */
export async function explainIpvsadm({ input }: Step, { host }: Target): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { text, origin } of input.slice(0, MOST_EXPLAINED)) {
    const outcome = await host.run(['ipvsadm', ...text.split(' ')]);
    if (outcome.code === 0) continue;
    const message = `${failure(`ipvsadm ${text}`, outcome)}`;
    found.push({ code: 'refused', severity: 'error', message, ...(origin ? { origin } : {}) });
  }
  return found;
}

const MOST_EXPLAINED = 20;
