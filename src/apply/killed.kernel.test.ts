/**
 * Killed: `vipc apply` is killed at any moment, again and again, and the next one reaches the desired state, and
 * foreign rules stay as they were.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_OPTIONS } from '../options.js';
import { caseInput, ROOT } from '../testing/cases/cases.js';
import { oneService } from '../testing/cases/large.js';
import { nftBlocks } from '../testing/cases/nft-blocks.js';
import { VARIANTS, type Variant } from '../testing/machine/kernel.js';
import { withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { FOREIGN, load, saves, without } from '../testing/node/foreign.js';
import { applyTo, cleanUp, liveNode } from '../testing/node/live.js';
import { often, sample, seed } from '../testing/run/extent.js';
import type { Host } from './host.js';

const describeKernel = await describeInKernel();

const KILLS = often(2, 4);
const NEVER = Number.POSITIVE_INFINITY;
const RANDOM = 'conformance/random-02';

const directory = mkdtempSync(join(tmpdir(), 'vipc-killed-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Two snapshots that have little in common, each in another layout; one is written in several commits. */
const STATES = [
  oneService(400),
  caseInput({ name: RANDOM, directory: `${ROOT}fixtures/${RANDOM}/`, about: '' }).sources[0],
].map((source, i) => {
  const path = join(directory, `${i}.yaml`);
  writeFileSync(path, source?.text ?? '');
  const layout = ['kube-proxy', 'fast'][(i + seed) % 2] ?? '';
  return { path, layout, sources: [{ name: path, text: source?.text ?? '' }] };
});
const OPTIONS = { ...DEFAULT_OPTIONS, nodeName: 'node-a' };

/** iptables mode with each variant, and nftables mode. */
const NODES: readonly { mode: string; variant: Variant }[] = [
  ...VARIANTS.map((variant) => ({ mode: 'iptables', variant })),
  { mode: 'nftables', variant: 'nft' },
];

interface Apply {
  readonly netns: string;
  readonly variant: string;
  readonly mode: string;
  /** A snapshot, and the layout for it. */
  readonly to: string;
  readonly layout: string;
  /** With its tools, or they go on alone. */
  readonly all: boolean;
  /** Time begins when it has the lock, or when it restores rules. */
  readonly from: 'lock' | 'restore';
}

/** Starts `vipc apply` and kills it so many ms after it has the lock; whether it was still running, and for how long it did. */
function killedApply(
  { netns, variant, mode, to, layout, all, from }: Apply,
  ms: number,
): Promise<{ killed: boolean; ran: number }> {
  const lock = join(directory, `${netns}-lock`);
  const flags = [
    '--netns',
    netns,
    '--mode',
    mode,
    '--layout',
    layout,
    '--iptables',
    variant,
    '--lock-file',
    lock,
    '--node',
    OPTIONS.nodeName,
  ];
  const argv = [`${ROOT}bin/vipc.js`, 'apply', ...flags, to];
  const child = spawn(process.execPath, argv, { stdio: 'ignore', detached: true });
  let began: number | undefined;
  const poll = setInterval(() => {
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (began === undefined && holder === child.pid && (from === 'lock' || isRestoring(holder)))
      began = performance.now();
    if (began !== undefined && performance.now() - began >= ms) process.kill(all ? -holder : holder, 'SIGKILL');
  }, 1);
  return new Promise((resolve) => {
    child.once('close', (_, signal) => {
      clearInterval(poll);
      resolve({ killed: signal === 'SIGKILL', ran: performance.now() - (began ?? Number.NaN) });
    });
  });
}

/** Which part of the time has passed, whether its tools are killed as well, and since when the time passes. */
const MOMENTS = fc.tuple(
  // Doubles would be spread over exponents, so nearly all at 0.
  fc.noBias(fc.integer({ min: 0, max: 1000 })).map((thousandths) => thousandths / 1000),
  fc.boolean(),
  fc.constantFrom('lock' as const, 'restore' as const),
);

/** Whether a program that it started restores rules. */
function isRestoring(pid: number): boolean {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return children.some((child) => /--noflush|\0-f\0-/.test(readFileSync(`/proc/${child}/cmdline`, 'utf8')));
  } catch {
    // Gone meanwhile.
    return false;
  }
}

describeKernel.each(sample(NODES, 1, 'killed', 2))(
  `killed ${KILLS} times, $mode mode, iptables-$variant (SEED=${seed})`,
  ({ mode, variant }) => {
    it('the next one reaches the desired state', async () => {
      await withNode(async (host, netns) => {
        await load(host, variant, FOREIGN);
        const before = await saves(host, variant);
        const node = await liveNode(host, variant);
        // The time of each when it is not killed, on a machine as busy as this one is now.
        const [{ path: to, layout } = fail()] = STATES;
        const wholly = { netns, variant, mode, to, layout, all: false } as const;
        const locked = await killedApply({ ...wholly, from: 'lock' }, NEVER);
        await cleanUp(node);
        const restoring = await killedApply({ ...wholly, from: 'restore' }, NEVER);
        const lasts = { lock: locked.ran, restore: restoring.ran };
        const moments = fc.sample(MOMENTS, { numRuns: 3 * KILLS, seed });
        const expected: string[] = [];
        for (const { sources, layout } of STATES) {
          await applyTo({ ...node, layout }, sources, { ...OPTIONS, mode });
          expected.push(await stateOn(host, variant));
        }
        let [kills, half] = [0, 0];
        for (const [i, [part, all, from]] of moments.entries()) {
          if (kills >= KILLS) break;
          const { path, layout, sources } = STATES[(i + 1) % 2] ?? fail();
          const { killed } = await killedApply(
            { netns, variant, mode, to: path, layout, all, from },
            part * lasts[from],
          );
          if (killed) kills++;
          if (killed && !expected.includes(await stateOn(host, variant))) half++;
          const { rest, diagnostics } = await applyTo({ ...node, layout }, sources, { ...OPTIONS, mode });
          expect({ i, rest: rest.steps, diagnostics }).toEqual({ i, rest: [], diagnostics: [] });
          expect({ i, same: (await stateOn(host, variant)) === expected[(i + 1) % 2] }).toEqual({ i, same: true });
          const after = await saves(host, variant);
          expect(without(after.ipv4, before.ipv4).harm).toEqual([]);
          expect(without(after.ipv6, before.ipv6).harm).toEqual([]);
        }
        await cleanUp(node);
        expect(await saves(host, variant)).toEqual(before);
        // Some find nothing left to kill, for it is not always as slow as the first.
        expect(kills).toBeGreaterThanOrEqual(KILLS);
        process.stdout.write(`${mode} mode, iptables-${variant}: ${kills} killed, ${half} of them half done\n`);
      });
    });
  },
);

/** iptables' rules for IPv4, and the tables of nftables mode. */
async function stateOn(host: Host, variant: Variant): Promise<string> {
  const { ipv4 } = await saves(host, variant);
  const tables = await Promise.all(
    ['ip', 'ip6'].map((family) => host.run(['nft', 'list', 'table', family, 'kube-proxy'])),
  );
  const blocks = nftBlocks(tables.map(({ stdout }) => stdout).join(''));
  return [ipv4, ...Object.entries(blocks).map(([name, lines]) => [name, ...lines].join('\n'))].sort().join('\n');
}

function fail(): never {
  throw new Error('no such state');
}
