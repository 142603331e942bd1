/**
 * What is different by design between iptables mode and nftables mode, in packets: the example of each difference that
 * verify names is sent through the rules of both modes, and the kernel answers otherwise.
 */
import { describe, expect, it } from '@jest/globals';
import { FAMILIES, type Family } from '../ip.js';
import { rulesOf } from '../packet/desired.js';
import { newEvaluator } from '../packet/evaluate.js';
import { type Compiled, compileState } from '../pipeline.js';
import { type Case, caseInput, conformanceCases } from '../testing/cases/cases.js';
import { WAIT } from '../testing/machine/kernel.js';
import { withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { type Feed, makeNode, newScript } from '../testing/network/sent/answers.js';
import { OWN } from '../testing/network/traced/classes.js';
import { ALL, sample } from '../testing/run/extent.js';
import { type Example, exampleOf, isSeen } from '../testing/verify/example.js';
import { render } from '../text.js';
import { print as printRules } from '../tools/iptables/print.js';
import { print as printTables } from '../tools/nft/print.js';
import { newGroups } from '../verify/groups.js';
import { verify } from '../verify/verify.js';

const describeKernel = await describeInKernel();

const RESTORE: Readonly<Record<Family, string>> = { ipv4: 'iptables-nft-restore', ipv6: 'ip6tables-nft-restore' };

function compiledAs(each: Case, mode: string): Compiled {
  const { sources, options, completion } = caseInput(each);
  const { masqueradeAll, masqueradeBit } = options;
  // Each mode reads a section of its own; here the same is wanted of both.
  const alike = { ...options, mode, nftables: { masqueradeAll, masqueradeBit } };
  const { value } = compileState(sources, alike, { completion, layout: mode === 'nftables' ? 'fast' : 'kube-proxy' });
  if (!value) throw new Error(`${each.name} does not compile`);
  return value;
}

/** Loads the rules of one mode, and takes those of the other away. */
function loadOf({ desired }: Compiled, family: Family): readonly Feed[] {
  const rules = desired.iptables?.ruleSets.find((each) => each.family === family);
  const input = rules ? render(printRules(rules)) : '*filter\nCOMMIT\n*nat\nCOMMIT\n';
  const tables = ['ip', 'ip6']
    .map((each) => `add table ${each} kube-proxy\ndelete table ${each} kube-proxy\n`)
    .join('');
  return [
    { argv: [RESTORE[family], WAIT], input },
    { argv: ['nft', '-f', '-'], input: tables + render(printTables(desired.nft?.tables ?? [])) },
  ];
}

interface Tried {
  /** The names of the differences that packets showed. */
  readonly seen: readonly string[];
  readonly wrong: readonly string[];
}

async function tried(each: Case, family: Family): Promise<Tried> {
  const modes = [compiledAs(each, 'iptables'), compiledAs(each, 'nftables')] as const;
  const [a, b] = [rulesOf(modes[0].desired, OWN), rulesOf(modes[1].desired, OWN)];
  const endpoints = modes[0].resolved.flatMap(({ ports }) => ports.flatMap((port) => port.endpoints.reachable));
  const elsewhere = new Set(endpoints.filter(({ local }) => !local).map(({ ip }) => ip));
  const { add, groups } = newGroups();
  verify({ rules: a, elsewhere }, { rules: b, elsewhere }, add, [family]);
  const evaluators = [newEvaluator(a), newEvaluator(b)] as const;
  const examples = groups().map(({ subject, example }): readonly [string, Example] => [
    subject,
    exampleOf(example, evaluators),
  ]);
  return withNetns(async (host) => {
    await makeNode(host);
    const script = newScript(host, family);
    const loads: (() => number)[] = [];
    const [before, after] = modes.map((mode) => {
      loads.push(...loadOf(mode, family).map(script.feed));
      return examples.map(([, { send }]) => send && script.send(send));
    });
    await script.run();
    expect(loads.map((code) => code())).toEqual([0, 0, 0, 0]);
    const [seen, wrong]: [string[], string[]] = [[], []];
    for (const [i, [name, example]] of examples.entries()) {
      const [was, is] = [before?.[i]?.(), after?.[i]?.()];
      if (!was || !is) continue;
      if (isSeen(example, was, is)) seen.push(name);
      else wrong.push(`${name}: ${example.text}: ${[...was].join()} | ${[...is].join()}`);
    }
    return { seen, wrong };
  });
}

describeKernel('differences by design', () => {
  const cases = sample(conformanceCases(), 3, 'by design in packets').flatMap((each) =>
    FAMILIES.map((family) => ({ name: each.name, family, each })),
  );
  const seen = new Set<string>();

  describe('in packets', () => {
    it.each(cases)('$name $family', async ({ each, family }) => {
      const found = await tried(each, family);
      for (const name of found.seen) seen.add(name);
      expect(found.wrong).toEqual([]);
    });

    it('show the names of docs/verify.md', () => {
      const expected = ALL
        ? [
            'closed-port',
            'hairpin-elsewhere',
            'invalid-packets',
            'localhost-node-ports',
            'localnet-guard',
            'no-endpoints-from-node',
            'node-port-addresses',
            'source-ranges-first',
          ]
        : ['closed-port', 'invalid-packets'];
      expect([...seen]).toEqual(expect.arrayContaining(expected.map((name) => `by-design:${name}`)));
    });
  });
});
