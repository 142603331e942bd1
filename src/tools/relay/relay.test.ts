import { describe, expect, it } from '@jest/globals';
import { render } from '../../text.js';
import { diff } from './diff.js';
import { parse } from './parse.js';
import { print, printListener } from './print.js';
import { relay } from './tool.js';
import type { Listener } from './types.js';

const WEB: Listener = {
  protocol: 'tcp',
  address: '0.0.0.0',
  port: 23817,
  owner: { namespace: 'default', service: 'web', port: 'http', protocol: 'TCP' },
  policy: 'Cluster',
  frontends: [
    { kind: 'ClusterIP', ip: '10.96.0.41', port: 80 },
    { kind: 'NodePort', port: 30080 },
  ],
  clients: ['192.0.2.0/24'],
  affinity: 10800,
  endpoints: [{ ip: '10.244.1.5', port: 8080 }],
};

const DNS: Listener = {
  protocol: 'udp',
  address: '::',
  port: 14000,
  owner: { namespace: 'kube-system', service: 'dns', port: '', protocol: 'UDP' },
  policy: 'Local',
  frontends: [{ kind: 'ClusterIP', ip: 'fd00:10:96::a', port: 53 }],
  idle: 250,
  endpoints: [{ ip: 'fd00:10:244:1::5', port: 53 }],
};

describe('the language of the relay', () => {
  it('is read as it is written', () => {
    const text = render(print([WEB, DNS]));
    expect(text).toContain('listen udp [::]:14000 kube-system/dns Local\n  frontend ClusterIP [fd00:10:96::a]:53\n');
    expect(parse(text)).toEqual({ value: [WEB, DNS], diagnostics: [] });
  });

  it.each([
    ['listen sctp 0.0.0.0:1 a/b Cluster', 'not a listener'],
    ['listen tcp 0.0.0.0:70000 a/b Cluster', 'not a listener'],
    ['listen tcp 0.0.0.0:1 A/b Cluster', 'not a listener'],
    ['  endpoint 10.0.0.1:1', 'there is no listener above it'],
  ])('%s: %s', (line, why) => {
    expect(parse(`${line}\n`).diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining(why)]);
  });

  it.each(['endpoint 10.0.0.1', 'client 10.0.0.0', 'affinity x', 'frontend ClusterIP 10.0.0.300:1', 'sing'])(
    'no part of a listener: %s',
    (line) => {
      const { value, diagnostics } = parse(`listen tcp 0.0.0.0:1 a/b Cluster\n  ${line}\n`);
      expect([value.length, diagnostics.map(({ message }) => message.includes('not a part'))]).toEqual([1, [true]]);
    },
  );
});

const rest = (listener: Listener) => [...printListener(listener)].slice(1).map(({ text }) => text.trim());

const more: Listener = { ...WEB, endpoints: [...WEB.endpoints, { ip: '10.244.2.6', port: 8080 }] };

describe('diff of listeners', () => {
  const inputs = (observed: readonly Listener[], desired: readonly Listener[] | undefined) =>
    (['grow', 'shrink'] as const).map((phase) =>
      relay
        .steps(relay.diff(observed, desired, undefined), phase, desired, { chainsPerCommit: 1 })
        .flatMap(({ input }) => input.map(({ text }) => text.trim())),
    );

  it.each<[string, readonly Listener[], readonly Listener[] | undefined, readonly number[], readonly string[]]>([
    ['nothing', [], undefined, [0, 0], []],
    ['the same', [WEB, DNS], [DNS, WEB], [0, 0], []],
    ['a new one', [WEB], [WEB, DNS], [1, 0], []],
    ['other endpoints', [WEB, DNS], [more, DNS], [1, 0], []],
    ['one goes', [WEB, DNS], [WEB], [0, 1], ['close udp [::]:14000']],
    ['another mode', [WEB], undefined, [0, 1], ['leave tcp 0.0.0.0:23817']],
  ])('%s', (_, observed, desired, [opened, closed], said) => {
    const found = diff(observed, desired ?? []);
    expect([found.opened.length, found.closed.length]).toEqual([opened, closed]);
    expect(inputs(observed, desired)[1]).toEqual(said);
  });

  it("a listener on another's port opens when no rule leads that one's clients there any more", () => {
    const other: Listener = { ...DNS, address: WEB.address, protocol: WEB.protocol, port: WEB.port };
    expect(inputs([WEB], [other, DNS])).toEqual([
      [expect.stringContaining('listen udp [::]:14000'), ...rest(DNS), 'close tcp 0.0.0.0:23817'],
      [expect.stringContaining('listen tcp 0.0.0.0:23817 kube-system/dns'), ...rest(DNS)],
    ]);
  });

  it('a listener that is refused leaves the others', async () => {
    const origin = { source: { name: 'a', text: '' }, document: 0, base: [], object: 'Service a/b', path: [] };
    const [step] = relay.steps(diff([], [{ ...WEB, origin }, DNS]), 'grow', undefined, { chainsPerCommit: 1 });
    if (!step) throw new Error('no step');
    const outcome = { code: 1, stdout: '', stderr: 'line 1 failed: the port is taken' };
    const found = await relay.rejected?.(step, outcome, async () => outcome, 1);
    expect(found?.why.origin).toBe(origin);
    expect(found?.rest?.input.map(({ text }) => text.split(' ')[1])).toContain('udp');
    expect(found?.rest?.input.some(({ text }) => text.includes('23817'))).toBe(false);
  });
});
