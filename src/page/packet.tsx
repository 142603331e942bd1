/**
 * packet: a question about a packet, and the answer of `vipc trace`, computed here.
 */
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import type { Asked, Told } from '../report/ask.js';
import type { Drift } from '../report/model.js';
import type { L4 } from '../trace/question.js';
import type { Cluster } from './cluster.js';
import { Drawing } from './drawing.jsx';
import { Section, Select, useLater } from './parts.jsx';
import { go } from './route.js';

const EXAMPLES = 'an address, pod/NAME, node, node/NAME, or outside';
const TARGETS = 'ADDRESS:PORT, svc/NAME:PORT, pod/NAME:PORT, node:PORT, or a DNS name with a port';

export function PacketView({ cluster, query }: { cluster: Cluster; query: URLSearchParams }) {
  const { report } = cluster;
  const first = useMemo(() => exampleOf(cluster), [cluster]);
  // The question is in the address: it survives a reload, is gone back to, and can be sent to others.
  const address = query.toString();
  const [typed, setTyped] = useState<Typed>(() => typedIn(query, first));
  useLayoutEffect(() => setTyped(typedIn(query, first)), [address]);
  const asked = useMemo(() => (query.has('to') ? askedOf(typedIn(query, first)) : undefined), [address]);
  const told = useLater(() => asked && cluster.ask(asked), [asked, cluster]);
  const set = (part: Partial<Typed>) => setTyped((before) => ({ ...before, ...part }));
  const names = useMemo(() => suggestions(cluster), [cluster]);
  return (
    <>
      <Section
        title="What becomes of a packet"
        note="The answer is that of vipc trace, from the rules that this snapshot compiles to."
      >
        {report.data.drift && <NotLive drift={report.data.drift} />}
        <form
          class="filters"
          onSubmit={(event) => {
            event.preventDefault();
            go(packetHref(typed));
          }}
        >
          <Text label="From" value={typed.from} hint={EXAMPLES} list={names.from} onInput={(from) => set({ from })} />
          <Text label="To" value={typed.to} hint={TARGETS} list={names.to} onInput={(to) => set({ to })} />
          <Select
            label="Protocol"
            value={typed.protocol}
            options={[
              ['', 'of the Service'],
              ['tcp', 'TCP'],
              ['udp', 'UDP'],
              ['sctp', 'SCTP'],
            ]}
            onChange={(protocol) => set({ protocol })}
          />
          {/* With the facts of a machine the rules are that machine's. */}
          {!report.data.options.machine && (
            <Select
              label="Rules of node"
              value={typed.node}
              options={[['', 'as the packet implies'], ...cluster.nodes.map(({ name }) => [name, name] as const)]}
              onChange={(node) => set({ node })}
            />
          )}
          <button type="submit">Follow it</button>
        </form>
      </Section>
      {asked && (
        <div aria-live="polite" aria-busy={told === undefined}>
          {told?.value ? <Answer told={told.value} /> : <p class="wait">Compiling the rules …</p>}
        </div>
      )}
    </>
  );
}

/** The page has the differences of a node, not all of its rules. */
function NotLive({ drift: { node, rules } }: { drift: Drift }) {
  if (rules.length === 0) return <p class="note">Node {node} has these rules.</p>;
  return (
    <p class="note caution">
      These are the rules that node {node} should have; <a href="#/drift">Drift</a> shows where its own differ. On the
      node, vipc trace --live answers from its own.
    </p>
  );
}

interface Typed {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly node: string;
}

/** What the fields have when the page has this address. */
function typedIn(query: URLSearchParams, first: string): Typed {
  return {
    from: query.get('from') ?? 'outside',
    to: query.get('to') ?? first,
    protocol: query.get('protocol') ?? '',
    node: query.get('node') ?? '',
  };
}

function askedOf({ from, to, protocol, node }: Typed): Asked {
  return { from, to, ...(protocol !== '' && { protocol: protocol as L4 }), ...(node !== '' && { node }) };
}

/** What is empty is left out, but not the target: it says that something is asked. */
function packetHref({ from, to, protocol, node }: Typed): string {
  const query = new URLSearchParams({ from, to, ...(protocol !== '' && { protocol }), ...(node !== '' && { node }) });
  return `#/packet?${query}`;
}

function Text(props: {
  label: string;
  value: string;
  hint: string;
  list: readonly string[];
  onInput: (text: string) => void;
}) {
  const { label, value, hint, list, onInput } = props;
  const id = label.toLowerCase();
  return (
    <div class="field wide">
      <label>
        <span>{label}</span>
        <input
          value={value}
          list={`${id}-list`}
          aria-describedby={`${id}-hint`}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </label>
      <small id={`${id}-hint`}>{hint}</small>
      <datalist id={`${id}-list`}>
        {list.map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
    </div>
  );
}

function Answer({ told }: { told: Told }) {
  if (told.kind === 'problem') {
    return (
      <section class="card answer bad" aria-label="Answer">
        <pre>{told.problem}</pre>
      </section>
    );
  }
  const { isReached, verdict } = told.trace;
  const tone = isReached ? 'good' : verdict === 'UNKNOWN' || verdict === 'MIXED' ? 'warn' : 'bad';
  const [sentence = '', ...rest] = told.lines;
  return (
    <section class={`card answer ${tone}`} aria-label="Answer">
      <p class="verdict">{sentence}</p>
      <Drawing ways={told.ways} about={sentence} />
      <pre>{rest.join('\n')}</pre>
    </section>
  );
}

/** The first Service that has an address. */
function exampleOf({ rows }: Cluster): string {
  const row = rows.find(({ type, ports }) => type !== 'ExternalName' && type !== 'headless' && ports.length > 0);
  return row ? `svc/${row.key}:${row.service.spec.ports[0]?.port}` : '';
}

/** The most names that a browser offers well. */
const MOST_SUGGESTED = 200;

function suggestions({ rows, nodes, report }: Cluster) {
  const pods = report.snapshot.pods.slice(0, MOST_SUGGESTED);
  return {
    from: [
      'outside',
      'node',
      ...nodes.slice(0, MOST_SUGGESTED).map(({ name }) => `node/${name}`),
      ...pods.map(({ metadata }) => `pod/${metadata.namespace}/${metadata.name}`),
    ],
    to: rows
      .slice(0, MOST_SUGGESTED)
      .flatMap(({ key, service }) => service.spec.ports.map(({ port }) => `svc/${key}:${port}`)),
  };
}
