import { expect, it } from '@jest/globals';
import { apart, type IptablesState } from './state.js';
import { type Chain, table } from './types.js';

const chain = (name: string): Chain => ({ name, rules: () => [] });

it('a change has the chains that are not the very same in both states, and the built-in ones', () => {
  const [stays, was, is, goes] = ['stays', 'changes', 'changes', 'goes'].map(chain) as [Chain, Chain, Chain, Chain];
  const { chains: builtIn } = table('nat', {}, []);
  const state = (...chains: readonly Chain[]): IptablesState => ({
    ruleSets: [{ family: 'ipv4', tables: [{ name: 'nat', chains: [...builtIn, ...chains] }] }],
    isComplete: true,
  });

  expect(apart(state(stays, was, goes), state(stays, is))).toEqual([state(was, goes), state(is)]);
});
