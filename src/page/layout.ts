/**
 * layout: a drawing's nodes and edges → where they are, by dagre.
 */
import { Graph, layout } from '@dagrejs/dagre';
import type { Fraction } from '../packet/fraction.js';
import type { WayNode, Ways } from '../report/ways.js';

export interface Box {
  readonly node: WayNode;
  /** The middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The label, then the notes, each cut to fit. */
  readonly lines: readonly string[];
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly share: Fraction;
  /** Where its share is written. */
  readonly at: { readonly x: number; readonly y: number };
}

export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

/** Pixels of a letter of the label and of a note, in the fonts of the style sheet. */
const LETTER = { label: 7.4, note: 6.1 };

const LONGEST = { label: 28, note: 34 };

/** The drawing from left to right, or from top to bottom. */
export function drawn({ nodes, edges }: Ways, direction: 'LR' | 'TB'): Drawn {
  const graph = new Graph();
  graph.setGraph({ rankdir: direction, nodesep: 14, ranksep: direction === 'LR' ? 44 : 36, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  const texts = new Map(nodes.map((node) => [node.id, linesOf(node)]));
  for (const { id } of nodes) graph.setNode(id, sizeOf(texts.get(id) ?? []));
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: nodes.map((node) => ({ node, ...(graph.node(node.id) as Place), lines: texts.get(node.id) ?? [] })),
    lines: edges.map(({ from, to, share }) => {
      const { points } = graph.edge(from, to) as { points: readonly Point[] };
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return { from, to, share, path: curve(points), at: { x: middle.x, y: middle.y - 4 } };
    }),
  };
}

type Point = { readonly x: number; readonly y: number };
type Place = Point & { readonly width: number; readonly height: number };

function linesOf({ label, notes }: WayNode): readonly string[] {
  return [cut(label, LONGEST.label), ...notes.map((note) => cut(note, LONGEST.note))];
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 9)}…${text.slice(-8)}`;
}

function sizeOf([label = '', ...notes]: readonly string[]): { readonly width: number; readonly height: number } {
  const wide = Math.max(label.length * LETTER.label, ...notes.map(({ length }) => length * LETTER.note));
  return { width: Math.round(wide) + 22, height: 28 + notes.length * 15 };
}

/** A smooth path through the points. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((point, i) => {
    const next = rest[i + 1];
    if (!next) return `T${round(point.x)} ${round(point.y)}`;
    return `Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
  });
  const last = rest.at(-1);
  const end = last ? `L${round(last.x)} ${round(last.y)}` : '';
  return `M${round(first.x)} ${round(first.y)}${parts.slice(0, -1).join('')}${end}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
