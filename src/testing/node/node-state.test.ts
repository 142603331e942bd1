import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { conformanceCases } from '../cases/cases.js';
import { compiledState } from '../cases/compiled.js';
import { DUMPED, type NodeState, readNodeState, stateDifferences } from './node-state.js';

const dumped = conformanceCases().map((each) => ({
  each,
  name: each.name,
  state: readNodeState(`${each.directory}kube-proxy/ipvs`, DUMPED),
}));

describe('what we compile for ipvs mode, before any kernel has seen it', () => {
  it.each(dumped)("$name: is kube-proxy's", ({ each, state }) => {
    expect(stateDifferences(compiledState(each), state)).toEqual([]);
  });
});

describe('the ipvs dumps', () => {
  it('are there for every case', () => expect(dumped).toHaveLength(46));

  it.each(dumped)('$name: no line could go unnoticed', ({ state }) => {
    expect(stateDifferences(state, state)).toEqual([]);
    const unnoticed = (Object.keys(state) as (keyof NodeState)[]).flatMap((part) => {
      const lines = state[part].split('\n');
      return lines.filter((line, i) => {
        const without = [...lines.slice(0, i), ...lines.slice(i + 1)].join('\n');
        return isData(line) && stateDifferences({ ...state, [part]: without }, state).length === 0;
      });
    });
    expect(unnoticed).toEqual([]);
  });
});

/** All lines except frames of tables and parameters with the kernel's own value. */
function isData(line: string): boolean {
  return !/^(\*|COMMIT$|$|net\.ipv4\.(conf\.all\.arp_\w+ = 0|vs\.conn_reuse_mode = 1)$)/.test(line) && !/^:/.test(line);
}

it('the README beside the dumps names every one of their files', () => {
  const readme = readFileSync(new URL('../../../fixtures/conformance/README.md', import.meta.url), 'utf8');
  for (const file of Object.values(DUMPED)) expect(readme).toContain(file);
});
