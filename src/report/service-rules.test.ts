/**
 * rules: a Service's page has all that is its, and nothing else, for every small cluster in both modes.
 */
import { describe, expect, it } from '@jest/globals';
import { isServiceChain } from '../backends/chain-names.js';
import type { Family } from '../ip.js';
import { artifactsOf, type Compiled, compileState } from '../pipeline.js';
import { caseInput, cases } from '../testing/cases/cases.js';
import { artifactText } from '../testing/cases/compiled.js';
import { SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import { sections } from '../tools/iptables/sections.js';
import { serviceRules } from './service-rules.js';

const MODES = ['iptables', 'ipvs', 'nftables'] as const;
const FILE: Readonly<Record<Family, string>> = { ipv4: 'iptables.rules', ipv6: 'ip6tables.rules' };

function compiled(each: ReturnType<typeof cases>[number], mode: string): Compiled | undefined {
  const { sources, options } = caseInput(each);
  return compileState(sources, { ...options, mode }, { skipInvalid: true }).value;
}

const compilable = cases().flatMap((each) =>
  MODES.flatMap((mode) => {
    const value = compiled(each, mode);
    return value ? [{ name: `${each.name} in ${mode} mode`, value }] : [];
  }),
);

/** The page of every Service, by name. */
function pagesOf({ resolved, desired, backend }: Compiled): ReadonlyMap<string, string> {
  const services = new Set(
    resolved.flatMap(({ ports }) => ports.map(({ name }) => `${name.namespace}/${name.service}`)),
  );
  return new Map([...services].map((name) => [name, serviceRules(resolved, desired, name, backend.localPolicy) ?? '']));
}

const linesOf = (text: string, pattern: RegExp): readonly string[] =>
  text.split('\n').filter((line) => pattern.test(line));
const bare = (line: string): string => line.trim().replace(/,$/, '');
const sorted = (lines: readonly string[]): readonly string[] => [...lines].sort();

describe.each(compilable)('the pages of $name', ({ value }) => {
  const { desired, resolved } = value;
  const artifacts = artifactsOf(value);
  const pages = pagesOf(value);

  it('have what resolved.txt says', () => {
    for (const { ports } of resolved) {
      for (const { name } of ports) {
        const page = pages.get(`${name.namespace}/${name.service}`) ?? '';
        const port = name.port === '' ? '' : `:${name.port}`;
        expect(page).toContain(`\n\n${name.namespace}/${name.service}${port} ${name.protocol}\n  FRONTEND`);
      }
    }
  });

  // Comments say whose a rule is, and only iptables mode has them on each.
  if (desired.nft) {
    it('have every rule and element of the Service, and no other', () => {
      const owned = artifacts.flatMap(({ parts }) => parts.flatMap(({ text }) => [...text]));
      for (const [service, page] of pages) {
        const its = owned.filter(({ owner }) => owner && `${owner.namespace}/${owner.service}` === service);
        const expected = its.map(({ text }) => bare(text)).filter((line) => / goto | dnat |^[0-9a-f.:]+$/.test(line));
        const shown = page.split('\n').map(bare);
        expect(expected.filter((line) => !shown.includes(line))).toEqual([]);
        const others = owned.filter(({ owner }) => owner && `${owner.namespace}/${owner.service}` !== service);
        const theirs = new Set(others.map(({ text }) => bare(text)).filter((line) => /^chain /.test(line)));
        expect(shown.filter((line) => theirs.has(line))).toEqual([]);
      }
    });
  } else if (!desired.ipvs) {
    it('have the rules that name the Service, and its chains', () => {
      for (const ruleSet of desired.iptables?.ruleSets ?? []) {
        const found = sections(artifactText(artifacts, FILE[ruleSet.family]), isServiceChain);
        const heading = ruleSet.family === 'ipv4' ? '### iptables' : '### ip6tables';
        for (const [service, page] of pages) {
          const named = found.filter((section) => section.service?.replace(/:.*/, '') === service);
          const blocks = page
            .trimEnd()
            .split('\n\n')
            .filter((block) => block.startsWith(`${heading} `));
          const shown = blocks.flatMap((block) => block.split('\n').slice(1));
          expect(sorted(shown)).toEqual(sorted(named.flatMap(({ lines }) => lines)));
        }
      }
    });
  } else {
    it('have every set member, virtual server and address', () => {
      const expected = [
        ...linesOf(artifactText(artifacts, 'ipset.rules'), /^add /),
        ...linesOf(artifactText(artifacts, 'ipvsadm.rules'), /^-[Aa] -/),
        ...linesOf(artifactText(artifacts, 'addresses.rules'), /^address /),
      ];
      const shown = [...pages.values()].flatMap((page) => linesOf(page, /^(?:add |address |-[Aa] (?:-[tu]|--sctp))/));
      expect(sorted([...new Set(shown)])).toEqual(sorted(expected));
    });
  }
});

describe('a page', () => {
  const spec = { externalIPs: ['198.51.100.1'] };
  const sources = smallCluster([
    { name: 'web', number: 1, ready: ['pod1'], spec: { ...spec, ports: [{ name: 'tcp', port: 80, protocol: 'TCP' }] } },
    {
      name: 'web-2',
      number: 2,
      ready: ['pod1'],
      spec: { ...spec, ports: [{ name: 'tcp', port: 81, protocol: 'TCP' }] },
    },
  ]);

  it.each(MODES)('is of one Service, in %s mode', (mode) => {
    const { value } = compileState(sources, { ...SMALL_OPTIONS, mode }, {});
    if (!value) throw new Error('not compiled');
    const page = pagesOf(value).get('default/web') ?? '';
    expect(page).toMatch(/^IPv4 on node node-a: 1 ServicePort\n\ndefault\/web:tcp TCP\n/);
    expect(page).not.toMatch(/web-2|10\.96\.1\.2/);
    expect(serviceRules(value.resolved, value.desired, 'default/we', 'strict')).toBeUndefined();
  });

  it('has the address and the endpoint that another Service has as well', () => {
    const { value } = compileState(sources, { ...SMALL_OPTIONS, mode: 'ipvs' }, {});
    if (!value) throw new Error('not compiled');
    for (const page of pagesOf(value).values()) {
      expect(page).toContain('\n### ip kube-ipvs0\n');
      expect(page).toContain('\naddress add 198.51.100.1/32 dev kube-ipvs0\n');
      expect(page).toContain('\nadd KUBE-IPVS-IPS 198.51.100.1\n');
      expect(page).toContain('\nadd KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5\n');
    }
  });
});
