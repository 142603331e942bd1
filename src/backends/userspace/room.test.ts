/** A range of ports that is too small: what is said, and what is served all the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS, type Options } from '../../options.js';
import { compile, compileState } from '../../pipeline.js';
import { ROOT } from '../../testing/cases/cases.js';

const PATH = 'fixtures/userspace/few-proxy-ports/cluster.yaml';
const SOURCES = [{ name: PATH, text: readFileSync(`${ROOT}${PATH}`, 'utf8') }];
const OPTIONS: Options = {
  ...DEFAULT_OPTIONS,
  mode: 'userspace',
  userspace: { proxyPorts: { first: 30080, last: 30082 }, udpIdle: 250 },
};

describe('a range without a port for every Service', () => {
  it('is an error', () => {
    const { value, diagnostics } = compile(SOURCES, OPTIONS);
    expect(value).toEqual([]);
    expect(diagnostics.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'error: no port of 30080-30082 is left for default/c:http',
    ]);
  });

  it('serves the others where what is invalid is left out', () => {
    const { value, diagnostics } = compileState(SOURCES, OPTIONS, { skipInvalid: true });
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning no-proxy-port']);
    expect(value?.desired.relay?.map(({ owner, port }) => `${owner.service} ${port}`)).toEqual(['a 30082', 'b 30081']);
    const [rules] = value?.desired.iptables?.ruleSets ?? [];
    const portals = rules?.tables.flatMap(({ chains }) => chains).find(({ name }) => name === 'KUBE-PORTALS-HOST');
    expect(portals?.rules().map(({ owner }) => owner?.service)).toEqual(['a', 'b']);
  });
});
