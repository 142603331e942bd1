/**
 * The mark of synthetic values is a field of parts; their text and their JSON begin with it.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AS_IT_IS } from './complete/complete.js';
import { DEFAULT_OPTIONS } from './options.js';
import { compile } from './pipeline.js';
import { partJson, partText } from './synthetic.js';
import { ROOT } from './testing/cases/cases.js';
import { render } from './text.js';

const NAME = 'fixtures/look/simulated/manifests.yaml';
const SOURCE = { name: NAME, text: readFileSync(`${ROOT}${NAME}`, 'utf8') };

describe.each(['iptables', 'ipvs', 'nftables'])('in %s mode', (mode) => {
  const completion = { ...AS_IT_IS, simulate: true, allocate: true, nodes: 2 };
  const { value } = compile([SOURCE], { ...DEFAULT_OPTIONS, mode, nodeName: 'node-1' }, { completion });
  const rules = value.filter(({ name }) => name !== 'resolved.txt' && name !== 'ipvsadm.rules');

  it('has rules', () => expect(rules.length).toBeGreaterThan(mode === 'nftables' ? 0 : 1));

  it.each(rules)('$name says so once', ({ parts }) => {
    const [first, ...others] = parts.map((part) => ({
      told: part.synthetic,
      lines: render(partText(part)).split('\n'),
      json: [...partJson(part)].join(''),
    }));
    expect(first?.told).toMatch(/^\d+ address(es)?, \d+ node ports? and \d+ endpoints?$/);
    expect(first?.lines[0]).toBe(`# synthetic, not for a live node: ${first?.told} made up`);
    expect(Object.entries(JSON.parse(first?.json ?? ''))[0]).toEqual(['synthetic', first?.told]);
    for (const { told, lines, json } of others) {
      expect([told, lines.some((line) => line.startsWith('#')), 'synthetic' in JSON.parse(json)]).toEqual([
        undefined,
        false,
        false,
      ]);
    }
  });
});
