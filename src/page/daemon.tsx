/**
 * daemon: what the daemon does: the last syncs as a chart, what waits, what other programs changed, what is wrong.
 */
import type { SyncEvent } from '../serve/history.js';
import type { Live, LiveState } from './live.js';
import { Badge, count, Section, Table } from './parts.jsx';

export function DaemonView({ live }: { live: Live | undefined }) {
  if (!live) return <p class="wait">Asking the daemon …</p>;
  if (live.kind === 'lost') {
    return (
      <Section title="The daemon">
        <p role="alert">
          <Badge tone="bad">no answer</Badge> {live.why}. This page asks again every few seconds.
        </p>
      </Section>
    );
  }
  const { state } = live;
  return (
    <>
      <Now state={state} />
      <Syncs state={state} />
      <Problems state={state} />
      <DriftEvents state={state} />
    </>
  );
}

function Now({ state: { isHealthy, waiting, at } }: { state: LiveState }) {
  const { services, endpoints, nodes, names, since } = waiting;
  const all = services + endpoints + nodes;
  return (
    <Section title="Now">
      <p>
        <Badge tone={isHealthy ? 'good' : 'bad'}>{isHealthy ? 'healthy' : 'not healthy'}</Badge>{' '}
        {all === 0
          ? 'No change waits for a sync.'
          : `${count(all, 'change')} ${all === 1 ? 'waits' : 'wait'} for a sync`}
        {all > 0 && since !== undefined && ` since ${seconds(at - since)}`}
        {names.length > 0 && `: ${names.join(', ')}`}
      </p>
    </Section>
  );
}

/** Pixels of the chart, before it is scaled. */
const CHART = { width: 960, height: 150, gap: 1 };

function Syncs({ state: { syncs, at } }: { state: LiveState }) {
  if (syncs.length === 0)
    return (
      <Section title="Last syncs" note="None has ended yet.">
        {null}
      </Section>
    );
  const latest = syncs.slice(-8).reverse();
  return (
    <Section title="Last syncs" note="How long each took, on a scale where each line is ten times the one below.">
      <Chart syncs={syncs} />
      <p class="legend">
        <span class="key partial">of changes</span> <span class="key full">of the whole node</span>{' '}
        <span class="key failed">failed</span>
      </p>
      <Table
        about="Last syncs"
        head={['When', 'What', 'Took', 'Lines written', 'Changed']}
        rows={latest.map(({ at: ended, kind, ok, ms, lines, changed, changes }) => [
          `${seconds(at - ended)} ago`,
          <>
            {kind} {!ok && <Badge tone="bad">failed</Badge>}
          </>,
          `${ms.toFixed(ms < 10 ? 1 : 0)} ms`,
          lines.toLocaleString('en'),
          changes > changed.length ? `${changed.join(', ')} and ${changes - changed.length} more` : changed.join(', '),
        ])}
      />
    </Section>
  );
}

const DECADES = [1, 10, 100, 1000, 10_000];

function Chart({ syncs }: { syncs: readonly SyncEvent[] }) {
  const top = Math.max(100, ...syncs.map(({ ms }) => ms));
  const decades = DECADES.filter((ms) => ms <= top);
  const height = (ms: number) => (Math.log10(Math.max(1, ms) * 1.3) / Math.log10(top * 1.3)) * (CHART.height - 12);
  const step = CHART.width / Math.max(40, syncs.length);
  const failed = syncs.filter(({ ok }) => !ok).length;
  const longest = Math.max(...syncs.map(({ ms }) => ms));
  const about = `${count(syncs.length, 'sync')}, ${failed} failed, the longest took ${longest.toFixed(0)} ms`;
  return (
    <svg class="chart" viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={about}>
      {decades.map((ms) => (
        <line key={ms} x1={0} x2={CHART.width} y1={CHART.height - height(ms)} y2={CHART.height - height(ms)} />
      ))}
      {syncs.map(({ at, kind, ok, ms }, i) => (
        <rect
          key={`${at} ${kind}`}
          class={ok ? kind : 'failed'}
          x={60 + (i * (CHART.width - 60) * step) / CHART.width}
          y={CHART.height - height(ms)}
          width={Math.max(1, step - CHART.gap - 1)}
          height={height(ms)}
        >
          <title>{`${kind}${ok ? '' : ', failed'}: ${ms.toFixed(1)} ms`}</title>
        </rect>
      ))}
      {decades.map((ms) => (
        <text key={ms} x={2} y={CHART.height - height(ms) - 3}>
          {ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}
        </text>
      ))}
    </svg>
  );
}

function Problems({ state: { problems } }: { state: LiveState }) {
  return (
    <Section
      title="Problems"
      note={problems.length === 0 ? 'None is known.' : 'As the log has them; those that are solved go.'}
    >
      {problems.length > 0 && (
        <Table
          about="Problems"
          head={['Level', 'Object', 'What']}
          rows={problems.map(({ severity, object = '', message }) => [
            <Badge key="severity" tone={severity === 'error' ? 'bad' : 'warn'}>
              {severity}
            </Badge>,
            object,
            message,
          ])}
        />
      )}
    </Section>
  );
}

function DriftEvents({ state: { drift, at } }: { state: LiveState }) {
  const latest = [...drift].reverse();
  return (
    <Section
      title="What other programs changed"
      note={drift.length === 0 ? 'Nothing was found.' : 'Found and put right: + was missing, - was not wanted.'}
    >
      {latest.map(({ at: found, service, lines, count: all }) => (
        <details key={`${found} ${service}`}>
          <summary>
            {seconds(at - found)} ago: {service ?? 'rules of no Service'}, {count(all, 'line')}
          </summary>
          <pre class="diff">{lines.join('\n')}</pre>
        </details>
      ))}
    </Section>
  );
}

function seconds(ms: number): string {
  const all = Math.max(0, Math.round(ms / 1000));
  if (all < 120) return `${all} s`;
  return all < 7200 ? `${Math.round(all / 60)} min` : `${Math.round(all / 3600)} h`;
}
