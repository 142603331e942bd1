/**
 * cli: runs `vipc migrate`: what changes for whom by the way from one proxy mode to another.
 */
import { readMachine } from '../apply/read.js';
import { oursIn } from '../backends/ours.js';
import { type Checked, type Diagnostic, hasErrors, type Source } from '../diag.js';
import { othersOf } from '../diff/assume.js';
import { examine, type Finding, STATES } from '../doctor/examine.js';
import { observedNode } from '../dumps/node.js';
import { contains } from '../ip.js';
import { differencesBetween, healthChecks } from '../migrate/differences.js';
import { isBroken, type Migration, markdownLines, textLines } from '../migrate/print.js';
import { readyFindings } from '../migrate/ready.js';
import type { Options } from '../options.js';
import { rulesOf } from '../packet/desired.js';
import type { NodeRules } from '../packet/node.js';
import type { PacketClass } from '../packet/packet.js';
import { type Compiled, compileState } from '../pipeline.js';
import type { PodTraffic } from '../resolve/types.js';
import { rulesNeed } from './api-sources.js';
import { gather } from './doctor-facts.js';
import { EXIT, type Io, writeJson, writeLines } from './io.js';
import { type NodeAtHand, openNode, readNode, rulesAt } from './node.js';
import { type NodeFlags, nodeTask } from './node-task.js';
import { judged, report } from './report.js';

export interface MigrateFlags extends NodeFlags {
  readonly from: string;
  readonly to: string;
  readonly live?: boolean;
  readonly format: 'text' | 'json' | 'markdown';
}

/** Prints the differences. Exit code 0: nothing breaks; 1: something does; 2: the input cannot be used. */
export async function runMigrate(paths: readonly string[], flags: MigrateFlags, io: Io): Promise<number> {
  const task = await nodeTask(paths, flags, io);
  const node = flags.live ? await openNode(task, io) : undefined;
  const options: Options = node ? { ...task.options.value, machine: await readMachine(node.host) } : task.options.value;
  const input = await (await task.input()).read(rulesNeed({ ...options, mode: flags.to }));
  const sides = bothOf(input.value, options, flags);
  const all = judged([...task.options.diagnostics, ...input.diagnostics, ...sides.diagnostics], task.how);
  await report(all, task.how.verbose, io);
  if (!sides.value || hasErrors(all)) return EXIT.trouble;
  const migration = await migrationOf(sides.value, flags, node, io);
  if (flags.format === 'json') await writeJson(io.stdout, { ...migration, breaks: isBroken(migration) }, 2);
  else if (flags.format === 'markdown') await writeLines(io.stdout, markdownLines(migration));
  else await writeLines(io.stdout, textLines(migration, task.how.verbose));
  return isBroken(migration) ? EXIT.different : EXIT.ok;
}

type Sides = readonly [from: Compiled, to: Compiled];

function bothOf(
  sources: readonly Source[],
  options: Options,
  { from, to, skipInvalid = false }: MigrateFlags,
): Checked<Sides | undefined> {
  const before = compileState(sources, { ...options, mode: from }, { skipInvalid, mustServe: true });
  if (!before.value) return { value: undefined, diagnostics: before.diagnostics };
  const after = compileState(sources, { ...options, mode: to }, { skipInvalid });
  // What both say is said once.
  const said = new Set(before.diagnostics.map(textOf));
  const diagnostics = [...before.diagnostics, ...after.diagnostics.filter((each) => !said.has(textOf(each)))];
  return { value: after.value && [before.value, after.value], diagnostics };
}

function textOf({ code, message }: Diagnostic): string {
  return `${code} ${message}`;
}

async function migrationOf(
  [from, to]: Sides,
  flags: MigrateFlags,
  node: NodeAtHand | undefined,
  io: Io,
): Promise<Migration> {
  const own = [...from.resolved, ...to.resolved].flatMap((each) => each.node.addresses);
  const elsewhere = new Set(
    from.resolved.flatMap(({ ports }) =>
      ports.flatMap(({ endpoints }) => endpoints.reachable.filter(({ local }) => !local).map(({ ip }) => ip)),
    ),
  );
  const rules: readonly [NodeRules, NodeRules] = node
    ? await liveRules(node, to, own)
    : [rulesOf(from.desired, own), rulesOf(to.desired, own)];
  const [before, after] = rules.map((each) => ({ rules: each, elsewhere }));
  const differences = before && after ? differencesBetween(before, after, isPodOf(from)) : [];
  const checks = healthChecks(from.resolved.flatMap(({ ports }) => ports));
  const about = { from: flags.from, to: flags.to, differences: [...differences, ...checks] };
  if (!node) return about;
  const findings: readonly Finding[] = [
    ...examine(await gather(flags.to, flags.netns, io)),
    ...readyFindings(rules[1]),
  ];
  return { ...about, node: STATES.flatMap((state) => findings.filter((each) => each.state === state)) };
}

/** The node as it is, and as it will be: with the rules of others, and ours of the new mode. */
async function liveRules(
  node: NodeAtHand,
  { desired }: Compiled,
  own: readonly string[],
): Promise<readonly [NodeRules, NodeRules]> {
  const observed = await readNode(node, desired);
  const { rules: now, own: addresses } = (await rulesAt(node, observed)).value;
  const { rules: others } = observedNode(othersOf(observed)).value;
  const { isTable } = oursIn(observed).nft;
  const all = [...own, ...addresses];
  const will = rulesOf(desired, all);
  return [
    { ...now, addresses: new Set([...now.addresses, ...all]) },
    {
      ...others,
      nftTables: [...(now.nftTables ?? []).filter((table) => !isTable(table)), ...(will.nftTables ?? [])],
      addresses: new Set(all),
    },
  ];
}

/** Whether a packet comes from a pod of this node. */
function isPodOf({ resolved }: Compiled): (packet: PacketClass) => boolean {
  const kinds = resolved.flatMap(({ node }) => node.podTraffic ?? []);
  return (packet) => kinds.some((traffic) => isFrom(traffic, packet));
}

function isFrom(traffic: PodTraffic, { source, inInterface }: PacketClass): boolean {
  switch (traffic.kind) {
    case 'source':
      return contains(traffic.cidr, source);
    case 'interface':
      return inInterface === traffic.name;
    case 'interface-prefix':
      return typeof inInterface === 'string' && inInterface.startsWith(traffic.prefix);
  }
}
