/**
 * ways: the drawing of the ways of one kind of client, from the client through chains, sets and maps to endpoints.
 */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { OnNode } from '../explain/on-nodes.js';
import type { Unused } from '../explain/types.js';
import { type Choice, choicesOf, type Subject } from '../report/service.js';
import { partText, type WayNode, type Ways } from '../report/ways.js';
import { type Box, type Drawn, drawn, type Line } from './layout.js';
import { Badge, Section, Select } from './parts.jsx';

export function WaysView(props: {
  subject: Subject;
  on: OnNode;
  nodeChoice: ComponentChildren;
  unused: readonly Unused[];
}) {
  const { subject, on, nodeChoice, unused } = props;
  const choices = useMemo(() => choicesOf(subject, on), [subject, on]);
  const [wanted, setWanted] = useState<Wanted>({});
  const found = chosen(choices, wanted);
  const ways = useMemo(() => found.choice?.ways(), [found.choice]);
  if (choices.length === 0) return null;
  const select = (label: string, field: keyof Wanted, values: readonly string[]) => (
    <Select
      label={label}
      value={found[field]}
      options={values.map((value) => [value, value] as const)}
      onChange={(value) => setWanted({ ...wanted, [field]: value })}
    />
  );
  return (
    <Section title="The way of a connection">
      <div class="filters">
        {select('Client', 'client', found.clients)}
        {select('Connects to', 'address', found.addresses)}
        {found.ports.length > 1 && select('Port', 'port', found.ports)}
        {nodeChoice}
      </div>
      {ways ? (
        <Drawing ways={ways} about={`${found.client} to ${found.address}`} />
      ) : (
        <p class="empty">No packet of this kind can be sent.</p>
      )}
      {unused.length > 0 && <NotUsed unused={unused} />}
    </Section>
  );
}

const MOST_UNUSED = 12;

function NotUsed({ unused }: { unused: readonly Unused[] }) {
  return (
    <div class="group">
      <h3>Not used</h3>
      <ul class="unused">
        {unused.slice(0, MOST_UNUSED).map(({ address, pod, why }) => (
          <li key={`${address} ${why}`}>
            <code>{address}</code> {pod} <span class="muted">{why}</span>
          </li>
        ))}
        {unused.length > MOST_UNUSED && <li class="muted">and {unused.length - MOST_UNUSED} more, below</li>}
      </ul>
    </div>
  );
}

interface Wanted {
  readonly port?: string;
  readonly address?: string;
  readonly client?: string;
}

/** The choice that is wanted, as far as there is such, and the values to choose from. */
function chosen(choices: readonly Choice[], wanted: Wanted) {
  const port = pick(
    choices.map((each) => each.port),
    wanted.port,
  );
  const atPort = choices.filter((each) => each.port === port);
  const address = pick(
    atPort.map((each) => each.address),
    wanted.address,
  );
  const atAddress = atPort.filter((each) => each.address === address);
  const client = pick(
    atAddress.map((each) => each.client),
    wanted.client,
  );
  const unique = (field: 'port' | 'address' | 'client', of: readonly Choice[]) => [
    ...new Set(of.map((each) => each[field])),
  ];
  return {
    port,
    address,
    client,
    choice: atAddress.find((each) => each.client === client),
    ports: unique('port', choices),
    addresses: unique('address', atPort),
    clients: unique('client', atAddress),
  };
}

/** The wanted one if there is such, else the first. */
function pick(values: readonly string[], wanted: string | undefined): string {
  return wanted !== undefined && values.includes(wanted) ? wanted : (values[0] ?? '');
}

/** Pixels: in less a drawing from left to right would be too small to read. */
const WIDE = 760;

function Drawing({ ways, about }: { ways: Ways; about: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDE);
  useLayoutEffect(() => {
    const found = place.current;
    if (!found) return undefined;
    const observer = new ResizeObserver(() => setWidth(found.clientWidth));
    observer.observe(found);
    setWidth(found.clientWidth);
    return () => observer.disconnect();
  }, []);
  const isWide = width >= WIDE;
  const picture = useMemo(() => drawn(ways, isWide ? 'LR' : 'TB'), [ways, isWide]);
  useLayoutEffect(() => {
    // From top to bottom the client is in the middle.
    const found = place.current;
    if (found && !isWide) found.scrollLeft = (found.scrollWidth - found.clientWidth) / 2;
  }, [picture, isWide]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="drawing" ref={place} tabIndex={0} aria-label={`Drawing: ${about}`}>
        <Picture picture={picture} about={about} ways={ways} width={width} />
      </section>
      {ways.depends.length > 0 && (
        <p class="note">
          <Badge tone="warn">it depends</Badge> on what is not known here: {ways.depends.join('; ')}
        </p>
      )}
      <p class="legend">
        <span class="key chain">chain</span> <span class="key set">set or map</span>{' '}
        <span class="key endpoint">endpoint</span> <span class="key masked">masqueraded: sees the node as client</span>{' '}
        <span class="key stopped">stopped</span>
      </p>
    </>
  );
}

/** How much smaller than its natural size a drawing may get before it scrolls. */
const SMALLEST = 0.82;

function Picture({ picture, about, ways, width }: { picture: Drawn; about: string; ways: Ways; width: number }) {
  const scale = Math.min(1, Math.max(SMALLEST, (width - 4) / picture.width));
  return (
    <svg
      viewBox={`0 0 ${picture.width} ${picture.height}`}
      width={picture.width * scale}
      height={picture.height * scale}
      role="img"
      aria-label={`${about}: ${sentenceOf(ways)}`}
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {picture.lines.map((line) => (
        <Edge key={`${line.from} ${line.to}`} line={line} />
      ))}
      {picture.boxes.map((box) => (
        <NodeBox key={box.node.id} box={box} />
      ))}
    </svg>
  );
}

function Edge({ line: { path, share, at } }: { line: Line }) {
  const text = partText(share);
  return (
    <g class="edge">
      <path d={path} marker-end="url(#arrow)" />
      {text !== 'all' && (
        <text x={at.x} y={at.y} text-anchor="middle">
          {text}
        </text>
      )}
    </g>
  );
}

function NodeBox({ box: { node, x, y, width, height, lines } }: { box: Box }) {
  return (
    <g class={`node ${node.kind}${node.isMasqueraded ? ' masked' : ''}`}>
      <title>{[node.label, ...node.notes].join('\n')}</title>
      <rect x={x - width / 2} y={y - height / 2} width={width} height={height} rx={node.kind === 'set' ? 18 : 7} />
      {lines.map((text, i) => (
        <text
          key={text}
          x={x}
          y={y - height / 2 + 19 + i * 15}
          text-anchor="middle"
          class={i === 0 ? 'label' : 'small'}
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** The drawing in words, for those who do not see it. */
function sentenceOf({ nodes }: Ways): string {
  const isEnd = ({ kind }: WayNode) => /^(?:endpoint|stopped|untouched|more)$/.test(kind);
  const by = nodes.filter((node) => !isEnd(node) && node.kind !== 'client').map(({ label }) => label);
  const ends = nodes.filter(isEnd).map(({ label, share, isMasqueraded }) => {
    return `${label} (${partText(share)}${isMasqueraded ? ', masqueraded' : ''})`;
  });
  return `through ${by.join(', ') || 'no chain'} to ${ends.join(', ')}`;
}
