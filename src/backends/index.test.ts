import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { compile, RESOLVED_FILE } from '../pipeline.js';
import { ROOT } from '../testing/cases/cases.js';
import { BACKENDS, LAYOUTS, MODES } from './index.js';

const WEB = [{ name: 'cluster.yaml', text: readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8') }];

it.each(BACKENDS)('$mode mode is compiled to the files that it names', ({ mode, files }) => {
  const { value } = compile(WEB, { ...DEFAULT_OPTIONS, mode });
  expect([...files, RESOLVED_FILE]).toEqual(expect.arrayContaining(value.map(({ name }) => name)));
});

it('has four, of which iptables is the default, and two layouts', () => {
  expect(MODES).toEqual(['iptables', 'ipvs', 'nftables', 'userspace']);
  expect(LAYOUTS).toEqual(['kube-proxy', 'fast']);
});
