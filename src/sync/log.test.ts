/** The lines of the log. */
import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { readSnapshot } from '../read/snapshot.js';
import type { WatchState } from '../watch/source.js';
import { type Logger, logSync, NODE, newReporter } from './log.js';
import type { SyncReport } from './run.js';
import { newWatchLog } from './watch-log.js';

type Said = Readonly<Record<string, unknown>>;

function logInto(): { readonly log: Logger; readonly said: readonly Said[] } {
  const said: Said[] = [];
  const write = (line: string) => void said.push(JSON.parse(line) as Said);
  const formatters = { level: (level: string) => ({ level }) };
  return { log: pino({ base: null, timestamp: false, formatters }, { write }), said };
}

describe('the reporter', () => {
  it('logs where an error is, and the related place', () => {
    const { log, said } = logInto();
    const web = (name: string) =>
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  clusterIP: 10.96.0.1\n  ports: [{port: 80}]\n`;
    const text = `${web('a')}---\n${web('b')}---\n${web('c').replace('80', '0')}`;
    newReporter(log)('snapshot', readSnapshot([{ name: 'cluster.yaml', text }]).diagnostics);
    expect(said).toMatchObject([
      {
        level: 'error',
        code: 'cluster-ip-conflict',
        object: 'Service default/b',
        field: 'spec.clusterIP',
        at: 'cluster.yaml:14:14',
        related: 'Service default/a is here: cluster.yaml:1:1',
      },
      { code: 'invalid-field', at: 'cluster.yaml:23:18' },
    ]);
  });

  it('forgets what a full sync no longer finds, and nothing that a partial one does not read', () => {
    const { log, said } = logInto();
    const report = newReporter(log);
    const problem = { code: 'x', severity: 'warning', message: 'odd' } as const;
    report(NODE, [problem]);
    report(NODE, [], 'more');
    report(NODE, [problem]);
    expect(said).toHaveLength(1);
    report(NODE, []);
    report(NODE, [problem]);
    expect(said).toHaveLength(2);
  });
});

describe('the line of a sync', () => {
  const report = { kind: 'partial', ok: true, times: {}, sent: {}, forgottenFlows: 0, refused: false } as SyncReport & {
    kind: 'partial';
  };
  it.each([
    [0, undefined, undefined],
    [2, ['ns/s00', 'ns/s01'], undefined],
    [25, Array.from({ length: 10 }, (_, i) => `ns/s0${i}`), 15],
  ])('names the Services that changed: %i', (count, changed, more) => {
    const { log, said } = logInto();
    const names = new Set(Array.from({ length: count }, (_, i) => `ns/s${String(i).padStart(2, '0')}`).reverse());
    logSync(log, report, { services: count, slices: 0, nodes: 0, names, triggered: [] });
    expect([said[0]?.['changed'], said[0]?.['more']]).toEqual([changed, more]);
  });
});

describe('the log of watches', () => {
  const failing = (kind: WatchState['kind'], code?: number): WatchState => ({
    kind,
    state: 'failing',
    message: code === undefined ? 'connect ECONNREFUSED' : `${code}: no`,
    retryMs: 500,
    ...(code === undefined ? {} : { code }),
  });
  const working = (kind: WatchState['kind']): WatchState => ({ kind, state: 'working' });
  const refused = (code: number): WatchState => ({ ...failing('ServiceCIDR', code), optional: true });
  const all = ['Service', 'EndpointSlice', 'Node'] as const;
  const times = <T>(count: number, ...states: readonly T[]): T[] => new Array(count).fill(states).flat();

  it.each<[string, readonly WatchState[], readonly string[]]>([
    ['nothing', [...all.map(working)], []],
    [
      'one line when the server is lost, and one when it is back',
      [...times(20, ...all.map((kind) => failing(kind))), ...all.map(working)],
      ['warn the API server is lost', 'info the API server is back'],
    ],
    [
      'a restart, with refusals on the way',
      [...times(2, failing('Node'), failing('Service')), ...times(2, failing('Node', 503)), ...all.map(working)],
      ['warn the API server is lost', 'info the API server is back'],
    ],
    [
      'it is not back while one kind fails; a lasting refusal is logged once',
      [
        ...times(2, ...all.map((kind) => failing(kind))),
        working('Node'),
        working('Service'),
        ...times(30, failing('EndpointSlice', 403)),
      ],
      ['warn the API server is lost', 'warn the API server refuses'],
    ],
    [
      'a kind that the rules can do without, once',
      [...times(9, refused(404)), working('ServiceCIDR'), ...times(9, refused(403))],
      times(2, 'warn the API server does not give what some rules need'),
    ],
    [
      'each time',
      [failing('Node'), working('Node'), failing('Node'), working('Node')],
      [
        'warn the API server is lost',
        'info the API server is back',
        'warn the API server is lost',
        'info the API server is back',
      ],
    ],
  ])('%s', (_, states, lines) => {
    const { log, said } = logInto();
    const failingNow = new Set<string>();
    const onFailing = (kind: string, is: boolean) => void (is ? failingNow.add(kind) : failingNow.delete(kind));
    const tell = newWatchLog({ log, onFailing, now: () => 0 });
    for (const state of states) tell(state);
    expect(said.map(({ level, msg }) => `${String(level)} ${String(msg)}`)).toEqual(lines);
    expect(failingNow.size).toBe(lines.at(-1)?.endsWith('refuses') ? 1 : 0);
  });
});
