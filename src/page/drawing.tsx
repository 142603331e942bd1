/**
 * drawing: the ways of a connection, from the client through chains, sets and maps to endpoints, as a picture.
 */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { partText, type WayNode, type Ways } from '../report/ways.js';
import { type Box, type Drawn, drawn, type Line } from './layout.js';
import { Badge } from './parts.jsx';

/** Pixels: in less, what fits in no direction is drawn from top to bottom. */
const WIDE = 760;

/** How much smaller than its natural size a drawing may get before it scrolls. */
const SMALLEST = 0.85;

/** Pixels around it. */
const MARGIN = 4;

/** From left to right where that fits, else from top to bottom. */
function fitting(ways: Ways, width: number): Drawn {
  const flat = drawn(ways, 'LR');
  if (flat.width * SMALLEST <= width) return flat;
  const upright = drawn(ways, 'TB');
  return upright.width * SMALLEST <= width || width < WIDE ? upright : flat;
}

function scaleOf(picture: Drawn, width: number): number {
  return Math.min(1, Math.max(SMALLEST, (width - MARGIN) / picture.width));
}

/** A drawing. `about` says in words what it is of. */
export function Drawing({ ways, about }: { ways: Ways; about: string }) {
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
  const picture = useMemo(() => fitting(ways, width - MARGIN), [ways, width]);
  useLayoutEffect(() => {
    // What is larger than its place is read from the client on.
    const found = place.current;
    const client = picture.boxes.find(({ node }) => node.kind === 'client');
    if (!found || !client) return;
    const scale = scaleOf(picture, width);
    found.scrollLeft = client.x * scale - found.clientWidth / 2;
  }, [picture, width]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="drawing" ref={place} tabIndex={0} aria-label={`Drawing: ${about}`}>
        <Picture picture={picture} about={about} ways={ways} width={width} />
      </section>
      <p class="printed">{about}</p>
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

function Picture({ picture, about, ways, width }: { picture: Drawn; about: string; ways: Ways; width: number }) {
  const scale = scaleOf(picture, width);
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
