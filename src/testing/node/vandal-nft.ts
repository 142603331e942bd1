/**
 * Vandal of nftables: a third party that changes our tables, and a table of its own, with the real nft.
 */
import fc from 'fast-check';
import type { Host } from '../../apply/host.js';

export interface NftAct {
  readonly kind: keyof typeof ACTS;
  readonly family: 'ip' | 'ip6';
  /** Selections among many items, each counted from 0, modulo their number. */
  readonly picks: readonly number[];
}

/** What is in one of our tables, as far as acts need it. */
interface View {
  readonly table: string;
  readonly family: 'ip' | 'ip6';
  /** Chains without a hook, and those with one. */
  readonly chains: readonly string[];
  readonly base: readonly { readonly name: string; readonly head: string }[];
  /** Elements of verdict maps. */
  readonly verdicts: readonly { readonly map: string; readonly key: string }[];
  readonly pick: <T>(list: readonly T[]) => T | undefined;
}

/** Commits one act; returns whether the kernel accepted it. */
export async function vandalise(host: Host, nft: string, act: NftAct): Promise<boolean> {
  const { kind, family, picks } = act;
  const { code, stdout } = await host.run([nft, 'list', 'table', family, 'kube-proxy']);
  if (code !== 0) return false;
  const lines = ACTS[kind](viewOf(stdout, family, picks));
  if (lines.some((line) => line.includes('undefined'))) return false;
  return lines.length > 0 && (await host.run([nft, '-f', '-'], `${lines.join('\n')}\n`)).code === 0;
}

function viewOf(text: string, family: 'ip' | 'ip6', picks: readonly number[]): View {
  let next = 0;
  const blocks = [...text.matchAll(/^\t(chain|map|set) (\S+) \{\n(.*?)^\t\}$/gms)];
  const chains = blocks
    .filter(([, kind]) => kind === 'chain')
    .map(([, , name = '', body = '']) => ({ name, head: /^\t\t(type .*)$/m.exec(body)?.[1] ?? '' }));
  return {
    table: `${family} kube-proxy`,
    family,
    chains: chains.filter(({ head }) => head === '').map(({ name }) => name),
    base: chains.filter(({ head }) => head !== ''),
    verdicts: blocks.flatMap(([, , map = '', body = '']) =>
      [...body.matchAll(/([^{},\t]+?)(?: comment "[^"]*")? : (?:goto|drop)/g)].map(([, key = '']) => ({
        map,
        key: key.trim(),
      })),
    ),
    pick: (list) => list[(picks[next++ % picks.length] ?? 0) % Math.max(list.length, 1)],
  };
}

const SOURCE = { ip: '192.0.2.9', ip6: '2001:db8::9' };

/** The acts, as input for nft. */
const ACTS = {
  'delete table': ({ table }) => [`delete table ${table}`],
  'flush table': ({ table }) => [`flush table ${table}`],
  dormant: ({ table }) => [`add table ${table} { flags dormant ; }`],
  'flush chain': ({ table, chains, base, pick }) => [
    `flush chain ${table} ${pick([...chains, ...base.map(({ name }) => name)])}`,
  ],
  'insert rule': ({ table, family, chains, pick }) => [
    `insert rule ${table} ${pick(chains)} ${family} saddr ${SOURCE[family]} ${pick(['drop', 'accept', 'counter return'])} comment "vandal"`,
  ],
  'append rule': ({ table, base, pick }) => [`add rule ${table} ${pick(base)?.name} counter log prefix "vandal"`],
  'delete element': ({ table, verdicts, pick }) => {
    const element = pick(verdicts);
    return [`delete element ${table} ${element?.map} { ${element?.key} }`];
  },
  'change element': ({ table, verdicts, chains, pick }) => {
    const element = pick(verdicts);
    const at = `element ${table} ${element?.map}`;
    return [`delete ${at} { ${element?.key} }`, `add ${at} { ${element?.key} : goto ${pick(chains)} }`];
  },
  'add element': ({ table, family }) => [`add element ${table} service-ips { ${SOURCE[family]} . tcp . 80 : drop }`],
  'stale chain': ({ table, family, chains, pick }) => [
    `add chain ${table} service-VANDAL-a/b/tcp/c`,
    `add rule ${table} service-VANDAL-a/b/tcp/c goto ${pick(chains)}`,
    `add element ${table} service-ips { ${SOURCE[family]} . udp . 80 : goto service-VANDAL-a/b/tcp/c }`,
  ],
  'stale set': ({ table, family, chains, pick }) => [
    `add set ${table} vandal { type ${family === 'ip' ? 'ipv4' : 'ipv6'}_addr ; flags timeout ; }`,
    `add rule ${table} ${pick(chains)} ${family} saddr @vandal drop`,
    `add element ${table} vandal { ${SOURCE[family]} timeout 1h }`,
  ],
  'another priority': ({ table, base, pick }) => {
    const { name, head } = pick(base) ?? {};
    return [
      `flush chain ${table} ${name}`,
      `delete chain ${table} ${name}`,
      `add chain ${table} ${name} { ${head?.replace(/priority [^;]*/, 'priority 50')} }`,
    ];
  },
  'another set of that name': ({ table }) => [
    `flush chain ${table} firewall-check`,
    `delete map ${table} firewall-ips`,
    `add set ${table} firewall-ips { type mark ; }`,
  ],
  'other objects': ({ table }) => [`add counter ${table} vandal`],
  'foreign rule': ({ family }) => [
    'add table inet vandal',
    'add chain inet vandal input { type filter hook input priority 5 ; }',
    `add rule inet vandal input ${family} saddr ${SOURCE[family]} counter drop`,
  ],
} satisfies Readonly<Record<string, (view: View) => readonly string[]>>;

const KINDS = Object.keys(ACTS) as (keyof typeof ACTS)[];

export const nftActs: fc.Arbitrary<NftAct> = fc.record({
  kind: fc.constantFrom(...KINDS),
  family: fc.constantFrom('ip', 'ip6'),
  picks: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
});
