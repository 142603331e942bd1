/**
 * Take-over: what kube-proxy left on a node, in this mode or in ipvs mode, beside kubelet's rules and those of others. Of
 * rules that are right already none is touched, and none of others ever.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { FAMILIES, type Family } from '../ip.js';
import { type ConformanceCase, caseInput, conformanceCases } from '../testing/cases/cases.js';
import { compiledRules } from '../testing/cases/compiled.js';
import { tool, VARIANTS, type Variant, WAIT } from '../testing/machine/kernel.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { canonical, FOREIGN, load, type Saves, saves, without } from '../testing/node/foreign.js';
import { applyTo, cleanUp, type LiveNode, liveNode } from '../testing/node/live.js';
import { savedTables } from '../testing/node/saved.js';
import { sample } from '../testing/run/extent.js';
import { BUILT_IN_CHAINS, type TableName } from '../tools/iptables/types.js';
import type { Host } from './host.js';

const describeKernel = await describeInKernel();

const all = conformanceCases().filter(({ dumps }) => dumps.ipv4 !== undefined);
const some = all.filter(({ name }) =>
  /\/(?:loadbalancer-source-ranges|nodeport-no-localhost|random-0[12])$/.test(name),
);

/** Filled from a hash map, so they are in no order. */
const SHARED = ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-EXTERNAL-SERVICES', 'KUBE-PROXY-FIREWALL'];
const CANARY = 'KUBE-PROXY-CANARY';

describeKernel.each(sample(VARIANTS, 1, 'take-over'))('take-over, %s', (variant) => {
  /** A node with rules of others, and then `left` on top. */
  const onNode = (left: Saves, use: (node: LiveNode, host: Host, others: Saves) => Promise<void>) =>
    withNode(async (host) => {
      await load(host, variant, FOREIGN);
      const others = await saves(host, variant);
      await loadOnTop(host, variant, left);
      await use({ ...(await liveNode(host, variant)), layout: 'kube-proxy' }, host, others);
    });

  it('there are cases', () => expect(some).toHaveLength(4));

  const few = sample(some, 1, variant, 2);

  it.each(few)('of rules that are right already only the order changes: $name', async (each) => {
    await onNode(dumped(each, 'iptables'), async (node, host, others) => {
      const { sources, options } = caseInput(each);
      const { plan, rest, diagnostics } = await applyTo(node, sources, options);
      for (const { tables } of plan.differences.iptables ?? []) {
        for (const { name: table, chains, edits } of tables) {
          expect({ table, edits }).toEqual({ table, edits: [] });
          for (const { name, before = [], after } of chains) {
            if (name === CANARY) expect({ before, after }).toEqual({ before: [] });
            else expect(SHARED).toContain(name);
            expect(after?.map(({ text }) => text).sort() ?? []).toEqual(before.toSorted());
          }
        }
      }
      expect({ rest: rest.steps, diagnostics }).toEqual({ rest: [], diagnostics: [] });
      expect(wrong(await saves(host, variant), others, each)).toEqual([]);
    });
  });

  it.each(few)('of ipvs mode nothing is left: $name', async (each) => {
    await onNode(dumped(each, 'ipvs'), async (node, host, others) => {
      const { sources, options } = caseInput(each);
      const { rest, diagnostics } = await applyTo(node, sources, options);
      expect({ rest: rest.steps, diagnostics }).toEqual({ rest: [], diagnostics: [] });
      expect(wrong(await saves(host, variant), others, each)).toEqual([]);
    });
  });

  it.each(few.flatMap((each) => (['iptables', 'ipvs'] as const).map((mode) => ({ ...each, mode }))))(
    'cleanup leaves what is of others: $name, $mode mode',
    async (each) => {
      await onNode(dumped(each, each.mode), async (node, host, others) => {
        const { rest, diagnostics } = await cleanUp(node);
        expect({ rest: rest.steps, diagnostics }).toEqual({ rest: [], diagnostics: [] });
        expect(await saves(host, variant)).toEqual(others);
      });
    },
  );

  it.each(few)("kubelet's rules stay: $name", async (each) => {
    await onNode({ ipv4: kubelets('ipv4'), ipv6: kubelets('ipv6') }, async (node, host) => {
      const before = await saves(host, variant);
      await loadOnTop(host, variant, dumped(each, 'iptables', /KUBE-FIREWALL/));
      const { sources, options } = caseInput(each);
      const { rest, diagnostics } = await applyTo(node, sources, options);
      expect({ rest: rest.steps, diagnostics }).toEqual({ rest: [], diagnostics: [] });
      const now = await saves(host, variant);
      for (const family of FAMILIES) {
        const parted = without(now[family], before[family]);
        expect(parted.harm).toEqual([]);
        expect(linesBut(parted.rest, /KUBE-FIREWALL/)).toEqual(linesBut(compiledRules(each, family), /KUBE-FIREWALL/));
        // What we want of it kubelet had.
        expect(parted.rest).not.toContain('KUBE-FIREWALL');
      }
      expect((await cleanUp(node)).rest.steps).toEqual([]);
      expect(await saves(host, variant)).toEqual(before);
    });
  });
});

/** What is not as it should be: rules of others, and those of the case. */
function wrong(now: Saves, others: Saves, each: ConformanceCase): readonly string[] {
  return FAMILIES.flatMap((family) => {
    const { rest, harm } = without(now[family], others[family]);
    return rest === canonical(compiledRules(each, family)) ? harm : [...harm, `${family}: not the compiled text`];
  });
}

/** What a node of this ring cannot have. */
const IPVS = /--match-set |-m ipvs /;

/** kube-proxy's rules of a case. */
function dumped(each: ConformanceCase, mode: 'iptables' | 'ipvs', but = IPVS): Saves {
  const of = (file: string) => {
    const path = `${each.directory}kube-proxy/${mode === 'ipvs' ? 'ipvs/' : ''}${file}`;
    return `${linesBut(readFileSync(path, 'utf8'), but).join('\n')}\n`;
  };
  return { ipv4: of('iptables-save'), ipv6: of('ip6tables-save') };
}

function linesBut(text: string, but: RegExp): readonly string[] {
  return canonical(text)
    .split('\n')
    .filter((line) => line !== '' && !but.test(line));
}

/** Adds rules to those that are there; the ones of built-in chains in front, as kube-proxy and kubelet do. */
async function loadOnTop(host: Host, variant: Variant, texts: Saves): Promise<void> {
  for (const family of FAMILIES) {
    const tables = [...savedTables(texts[family])].flatMap(([table, lines]) => {
      const builtIn: readonly string[] = BUILT_IN_CHAINS[table as TableName];
      const next = new Map<string, number>();
      return lines.flatMap((line) => {
        const [, verb, chain = '', rule] = /^(:|-A )(\S+)(.*)$/.exec(line) ?? [];
        if (verb === undefined || !builtIn.includes(chain)) return [line];
        if (verb === ':') return [];
        const at = (next.get(chain) ?? 0) + 1;
        next.set(chain, at);
        return [`-I ${chain} ${at}${rule}`];
      });
    });
    const restore = tool(family, variant, 'restore');
    succeeded(await host.run([restore, '--noflush', WAIT], `${tables.join('\n')}\n`), restore);
  }
}

/** What kubelet writes (k/k pkg/kubelet/kubelet_network_linux.go); before 1.28 the rule that drops marked packets, too. */
function kubelets(family: Family): string {
  const martians =
    '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP\n';
  return `\
*mangle
:KUBE-IPTABLES-HINT - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
*filter
:KUBE-FIREWALL - [0:0]
:KUBE-KUBELET-CANARY - [0:0]
-A INPUT -j KUBE-FIREWALL
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP
${family === 'ipv4' ? martians : ''}COMMIT
*nat
:KUBE-KUBELET-CANARY - [0:0]
COMMIT
`;
}
