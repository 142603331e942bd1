/**
 * cli: the arguments A and B of `vipc verify` → rules: compiles a snapshot, parses a dump, reads a live node.
 */
import { statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readState } from '../apply/read.js';
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import { readDumps } from '../dumps/dumps.js';
import { familiesOf, type ReadNode, withoutOwn } from '../dumps/node.js';
import type { Family } from '../ip.js';
import type { Options } from '../options.js';
import { rulesOf } from '../packet/desired.js';
import { compileState } from '../pipeline.js';
import { STDIN } from '../read/source.js';
import type { Given } from '../verify/verify.js';
import { rulesNeed } from './api-sources.js';
import { capturedHost, isCapture } from './captured.js';
import { dumpsIn, isDump, rulesBelow } from './dump-files.js';
import { openInput } from './input.js';
import { type Io, readAll } from './io.js';
import { detectedOf, type NodeAtHand, nodeOn, openNode, rulesAt } from './node.js';
import { type NodeFlags, nodeTask } from './node-task.js';
import { loadOptions } from './options.js';

export interface VerifyFlags extends NodeFlags {
  readonly modeA?: string;
  readonly modeB?: string;
  readonly layoutA?: string;
  readonly layoutB?: string;
  readonly family?: Family;
  readonly accept?: readonly string[];
  readonly format: 'text' | 'json' | 'markdown';
}

/** A side after loading; a snapshot is compiled later, with the node addresses of the other side. */
export type Loaded =
  | { readonly kind: 'node'; readonly dump: ReadNode; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'snapshot'; readonly path: string; readonly stdin?: Io['stdin'] };

/** Loads `live`, a directory of `vipc capture`, dumps (recognised by their content), or else a snapshot. */
export async function loadSide(path: string, flags: VerifyFlags, io: Io): Promise<Loaded> {
  if (path === 'live') return nodeSide(await openNode(await nodeTask([], flags, io), io));
  if (path === '-') {
    const bytes = await readAll(io.stdin);
    const dump = { name: STDIN, text: bytes.toString('utf8') };
    return isDump(dump) ? dumpSide([dump]) : { kind: 'snapshot', path, stdin: Readable.from([bytes]) };
  }
  if (await isCapture(path)) return nodeSide(await nodeOn(await capturedHost(path), flags));
  const found = statSync(path, { throwIfNoEntry: false });
  // The reader of snapshots reports a missing path.
  if (!found) return { kind: 'snapshot', path };
  const dumps = dumpsIn(path);
  if (dumps.length > 0) return dumpSide(dumps);
  const elsewhere = found.isDirectory() ? await rulesBelow(path) : undefined;
  if (elsewhere) throw elsewhere;
  return { kind: 'snapshot', path };
}

function dumpSide(texts: Parameters<typeof readDumps>[0]): Loaded {
  const { value, diagnostics } = readDumps(texts);
  return { kind: 'node', dump: value, diagnostics };
}

async function nodeSide(node: NodeAtHand): Promise<Loaded> {
  const observed = await readState(node.host, detectedOf(node), {});
  const { value: dump } = await rulesAt(node, observed);
  return { kind: 'node', dump, diagnostics: [] };
}

/** A loaded side with its --mode-a/-b and --layout-a/-b. */
export interface Asked {
  readonly loaded: Loaded;
  readonly mode: string | undefined;
  readonly layout: string | undefined;
}

/** Throws for an option that says how to compile what is no snapshot: it would do nothing. */
export function refuseUseless([a, b]: readonly [Asked, Asked], { mode, layout }: VerifyFlags): void {
  const isRuled = ({ loaded }: Asked) => loaded.kind === 'node';
  const useless = [
    ...[
      { side: a, name: 'A' },
      { side: b, name: 'B' },
    ].flatMap(({ side, name }) => {
      const own = { [`--mode-${name.toLowerCase()}`]: side.mode, [`--layout-${name.toLowerCase()}`]: side.layout };
      return isRuled(side) ? [{ own, what: `${name} is` }] : [];
    }),
    ...(isRuled(a) && isRuled(b) ? [{ own: { '--mode': mode, '--layout': layout }, what: 'A and B are' }] : []),
  ];
  for (const { own, what } of useless)
    for (const [option, value] of Object.entries(own))
      if (value !== undefined)
        throw new Error(`${option} goes with a snapshot: ${what} not compiled, but rules already`);
}

/** The rules of both sides, each for a node that has the addresses of both. */
export async function givenOf(
  sides: readonly [Asked, Asked],
  flags: VerifyFlags,
  io: Io,
): Promise<Checked<readonly [Given, Given] | undefined>> {
  const known = sides.flatMap(({ loaded }) => (loaded.kind === 'node' ? loaded.dump.own : []));
  const [a, b] = [await sideOf(sides[0], known, flags, io), await sideOf(sides[1], known, flags, io)];
  const diagnostics = [...a.diagnostics, ...b.diagnostics];
  if (!a.value || !b.value || hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const own = new Set([...a.value.own, ...b.value.own]);
  const whole = ({ given }: ReadSide): Given => {
    return { ...given, rules: { ...given.rules, addresses: new Set([...own, ...given.rules.addresses]) } };
  };
  return { value: [whole(a.value), whole(b.value)], diagnostics };
}

interface ReadSide {
  readonly given: Given;
  readonly own: readonly string[];
}

async function sideOf(
  { loaded, mode, layout }: Asked,
  known: readonly string[],
  flags: VerifyFlags,
  io: Io,
): Promise<Checked<ReadSide | undefined>> {
  const own = { ...flags, ...(mode !== undefined && { mode }), ...(layout !== undefined && { layout }) };
  if (loaded.kind === 'node') {
    const { unread, own: addresses } = loaded.dump;
    const rules = withoutOwn(loaded.dump);
    const { value } = await loadOptions({ ...(flags.nodeAddress && { nodeAddress: flags.nodeAddress }) });
    return {
      value: {
        given: { rules, unread, families: familiesOf(rules) },
        own: [...addresses, ...value.nodeAddresses],
      },
      diagnostics: loaded.diagnostics,
    };
  }
  const options = await loadOptions(own);
  const sources = await (await openInput([loaded.path], flags, { ...io, stdin: loaded.stdin ?? io.stdin })).read(
    rulesNeed(options.value),
  );
  const before = [...options.diagnostics, ...sources.diagnostics];
  if (hasErrors(before)) return { value: undefined, diagnostics: before };
  const all: Options = { ...options.value, nodeAddresses: [...options.value.nodeAddresses, ...known] };
  const { value, diagnostics } = compileState(sources.value, all, {
    skipInvalid: flags.skipInvalid === true,
    ...((layout ?? flags.layout) ? { layout: layout ?? flags.layout } : {}),
  });
  if (!value)
    return { value: undefined, diagnostics: [...before, ...diagnostics.map((each) => namedIn(loaded.path, each))] };
  const elsewhere = value.resolved.flatMap(({ ports }) =>
    ports.flatMap(({ endpoints }) => endpoints.reachable.filter(({ local }) => !local).map(({ ip }) => ip)),
  );
  return {
    value: {
      given: { rules: rulesOf(value.desired, []), elsewhere: new Set(elsewhere) },
      own: value.resolved.flatMap(({ node }) => node.addresses),
    },
    diagnostics: [...before, ...diagnostics],
  };
}

/** Of an input without objects, which of the two it is: a dump that failed is an empty file. */
function namedIn(path: string, diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.code !== 'empty-snapshot' || diagnostic.origin) return diagnostic;
  return {
    ...diagnostic,
    message: `${path === '-' ? STDIN : path} holds neither rules nor a Kubernetes object`,
    hint: 'iptables-save, ip6tables-save, nft list ruleset and ipvsadm --save -n print rules',
  };
}
