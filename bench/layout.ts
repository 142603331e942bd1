/**
 * The bench of the layouts of iptables mode: `npm run bench:layout`, as root, in network namespaces of its own. Layout fast
 * against kube-proxy's: what a packet pays, what the tools pay, and what the rules take. Both are measured in turn in one
 * run; the table goes into docs/performance.md. Judges nothing. BENCH_SIZES=1000,2000 sets the numbers of Services for
 * iptables-nft's load, and for all else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Variant } from '../src/tools/detected.js';
import { asKubeProxy, compiled, ENDPOINTS, sent, whole } from './layout-inputs.js';
import { type Loaded, load, tableBytes } from './layout-node.js';
import { cpuSeconds, makeNetns } from './netns.js';
import { withScratch } from './scratch.js';
import { markdown, median } from './table.js';

const [SMALLER = 5000, LARGER = 10_000] = (process.env['BENCH_SIZES'] ?? '').split(',').filter(Boolean).map(Number);
const FEW = 10;
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const FLOWS = 2000;
/** Flows of UDP need no server. */
const PACKETS = { protocol: 'UDP' } as const;
/** Most Services are TCP; for each port of UDP iptables asks the resolver, which takes longer than the rule. */
const MOST = { protocol: 'TCP' } as const;
const CHANGES = 3;
const PAGE = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
/** Where the table stands in the page. */
const PLACE = /(<!-- bench:layout -->\n)[^]*(<!-- end -->)/;
const LAYOUTS = ['kube-proxy', 'fast'] as const;
type Layout = (typeof LAYOUTS)[number];

/** What was measured, kube-proxy's layout, fast, their ratio, and the goal. */
type Row = readonly [what: string, slow: string, fast: string, ratio: string, goal: string];

withScratch((file) => {
  const few = byLayout((layout) => compiled(FEW, layout, PACKETS));
  const many = byLayout((layout) => compiled(LARGER, layout, PACKETS));
  const rows = [
    ...loads(file),
    ...(['nft', 'legacy'] as const).flatMap((variant) => ofVariant(variant, file, few, many)),
    lines(many),
  ];
  const page = [machine(), '', markdown(['', 'kube-proxy', 'fast', 'ratio', 'goal'], rows)].join('\n');
  console.log(page);
  const old = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    old.replace(PLACE, (_, begin: string, end: string) => `${begin}\n${page}\n\n${end}`),
  );
});

function byLayout<T>(make: (layout: Layout) => T): Readonly<Record<Layout, T>> {
  return { 'kube-proxy': make('kube-proxy'), fast: make('fast') };
}

function machine(): string {
  const netns = makeNetns();
  const version = netns
    .run('sh', '-c', 'iptables --version | cut -d" " -f2; uname -r')
    .trim()
    .replace('\n', ', Linux ');
  netns.remove();
  const date = new Date().toISOString().slice(0, 10);
  return `iptables ${version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${date}. N x M are N Services of M endpoints.`;
}

type File = (name: string, content: string) => string;
type Both = Readonly<Record<Layout, ReturnType<typeof compiled>>>;

/** Loads of whole rule sets into an empty namespace. */
function loads(file: File): readonly Row[] {
  const smaller = byLayout((layout) => compiled(SMALLER, layout, MOST));
  const size = `load ${SMALLER} x ${ENDPOINTS}, iptables-nft`;
  const once = (variant: Variant, text: string) => {
    const netns = makeNetns();
    const seconds = cpuSeconds(netns, `${restore(variant)} --noflush`, [file('load', text)]);
    netns.remove();
    return seconds;
  };
  const times = (variant: Variant, texts: readonly string[]) => {
    const found = texts.map((): number[] => []);
    for (let run = 0; run < CHANGES; run++)
      for (const [i, text] of texts.entries()) found[i]?.push(once(variant, text));
    return found.map(median);
  };
  const fast = sent('nft', smaller.fast);
  const one = once('nft', whole(smaller['kube-proxy']));
  const [commits = 0, own = 0] = times('nft', [sent('nft', smaller['kube-proxy']), fast]);
  const legacy = times(
    'legacy',
    LAYOUTS.map((layout) => sent('legacy', compiled(LARGER, layout, MOST))),
  );
  return [
    inSeconds(`${size}: one restore, sorted by chain`, one, own, 30),
    inSeconds(`${size}: the commits of vipc apply`, commits, own, 4),
    inSeconds(`load ${LARGER} x ${ENDPOINTS}, iptables-legacy`, legacy[0] ?? 0, legacy[1] ?? 0, 6),
  ];
}

/** Packets and changes with one variant. */
function ofVariant(variant: Variant, file: File, few: Both, many: Both): readonly Row[] {
  const nodes = [few, many].flatMap((both, i) =>
    LAYOUTS.map((layout) => {
      const bytes = variant === 'legacy' ? tableBytes() : undefined;
      const node = load(
        file('load', sent(variant, both[layout])),
        `${restore(variant)} --noflush`,
        whole(both['kube-proxy']),
      );
      return { ...node, i, layout, bytes: bytes === undefined ? undefined : tableBytes(bytes) };
    }),
  );
  const at = (i: number, layout: Layout) =>
    nodes.find((node) => node.i === i && node.layout === layout) as (typeof nodes)[number];
  for (let run = 0; run < RUNS; run++) for (const { send } of nodes) send(FLOWS);
  const packets = (['last Service', 'no Service', 'last node port'] as const).flatMap((what): readonly Row[] => {
    const [small, slow, fast] = [at(0, 'fast'), at(1, 'kube-proxy'), at(1, 'fast')].map(
      ({ times }) => median(times[what]) * 1e6,
    );
    const name = `first packet, ${what} of ${LARGER}, ${variant}`;
    return [
      [name, us(slow), us(fast), ratio(slow, fast), `>= ${variant === 'nft' ? 15 : 6}x`],
      [`${name}, against ${FEW} Services`, us(small), us(fast), ratio(fast, small, 2), '<= 1.3x'],
    ];
  });
  const rows = [...packets, ...changes(variant, file, many, at(1, 'kube-proxy'), at(1, 'fast'))];
  const memory = [at(1, 'kube-proxy').bytes, at(1, 'fast').bytes];
  for (const { netns } of nodes) netns.remove();
  const [slow, fast] = memory;
  if (slow === undefined || fast === undefined) return rows;
  return [...rows, [`kernel memory of the tables, ${variant}`, mb(slow), mb(fast), ratio(slow, fast), '>= 2.5x']];
}

/** Changes of a node with many Services, each made and undone. */
function changes(variant: Variant, file: File, many: Both, slow: Loaded, fast: Loaded): readonly Row[] {
  const inputs = (layout: Layout, other: ReturnType<typeof compiled>) => {
    const own = many[layout];
    return { there: sent(variant, other, own), back: sent(variant, own, other), other, own };
  };
  const measure = (node: Loaded, texts: readonly [string, string]) => {
    const paths = texts.map((text, i) => file(`change-${i}`, text));
    const seconds = Array.from({ length: CHANGES }, () => {
      const there = cpuSeconds(node.netns, `${restore(variant)} --noflush`, paths.slice(0, 1));
      cpuSeconds(node.netns, `${restore(variant)} --noflush`, paths.slice(1));
      return there;
    });
    return median(seconds);
  };
  const replaced = byLayout((layout) => inputs(layout, compiled(LARGER, layout, { ...PACKETS, replaced: true })));
  const added = byLayout((layout) => inputs(layout, compiled(LARGER + 1, layout, PACKETS)));
  const own = ({ there, back }: ReturnType<typeof inputs>) => [there, back] as const;
  const theirs = ({ there, back, other, own: before }: ReturnType<typeof inputs>) =>
    [asKubeProxy(there, other), asKubeProxy(back, before)] as const;
  const of = (node: Loaded, texts: readonly [string, string]) => measure(node, texts);
  const endpoint = of(fast, own(replaced.fast));
  const size = `${LARGER} x ${ENDPOINTS}, ${variant}`;
  const isNft = variant === 'nft';
  return [
    inSeconds(
      `one endpoint changed, ${size}: its chains`,
      of(slow, own(replaced['kube-proxy'])),
      endpoint,
      isNft ? 2.5 : 3,
    ),
    inSeconds(
      `one endpoint changed, ${size}: with KUBE-SERVICES, as kube-proxy`,
      of(slow, theirs(replaced['kube-proxy'])),
      endpoint,
      isNft ? 8 : 3,
    ),
    inSeconds(
      `Service added, ${size}`,
      of(slow, theirs(added['kube-proxy'])),
      of(fast, own(added.fast)),
      isNft ? 10 : undefined,
    ),
  ];
}

function lines(many: Both): Row {
  const [slow, fast] = LAYOUTS.map((layout) => whole(many[layout]).split('\n').length - 1);
  return [`lines of ${LARGER} x ${ENDPOINTS}`, String(slow), String(fast), ratio(slow, fast), '>= 3x'];
}

/** Each process has a lock of its own, as on a node. */
function restore(variant: Variant): string {
  return `env XTABLES_LOCKFILE=/run/vipc-bench-${process.pid} iptables-${variant}-restore`;
}

function inSeconds(what: string, slow: number, fast: number, goal?: number): Row {
  return [
    what,
    `${slow.toFixed(3)} s`,
    `${fast.toFixed(3)} s`,
    ratio(slow, fast),
    goal === undefined ? '' : `>= ${goal}x`,
  ];
}

function ratio(a = 0, b = 0, digits = 1): string {
  return `${(a / b).toFixed(digits)}x`;
}

function us(value = 0): string {
  return `${value.toFixed(1)} µs`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
