/**
 * Views: get, describe, resolved.txt and reviews are printed from plain data, and the text contains nothing that the
 * view lacks. One function makes HTML from each view: it knows tables, lists and fields, but nothing about Services.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describer } from '../cli/describe.js';
import { AS_IT_IS } from '../complete/complete.js';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { sorted } from '../order.js';
import { parseResolved, printView } from '../resolve/print.js';
import { tablesOf } from '../resolve/rows.js';
import { printReview } from '../review/print.js';
import { difference, type Review } from '../review/review.js';
import { ROOT } from '../testing/cases/cases.js';
import { render } from '../text.js';
import { servicesTable } from '../views/get.js';
import { printDescription, printServices } from '../views/print.js';

type Plain = string | number | boolean | readonly Plain[] | Fields;
type Fields = { readonly [name: string]: Plain };

/** Any view as HTML. */
function html(view: Plain): string {
  if (isList(view)) return list(view);
  if (typeof view !== 'object') return `${view}`.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const { columns, rows, ...others } = view;
  const isTable = columns !== undefined && rows !== undefined && isList(columns) && isList(rows);
  const fields = Object.entries(isTable ? others : view).map(([name, value]) => `<dt>${name}<dd>${html(value)}`);
  return isTable ? `<table>${[columns, ...rows].map(row).join('')}</table>${fields.join('')}` : fields.join('');
}

function isList(view: Plain): view is readonly Plain[] {
  return Array.isArray(view);
}

function list(items: readonly Plain[]): string {
  return `<ul>${items.map((item) => `<li>${html(item)}`).join('')}</ul>`;
}

function row(cells: Plain): string {
  return `<tr>${(cells as readonly Plain[]).map((cell) => `<td>${html(cell)}`).join('')}`;
}

/** The visible text of a page. */
function shown(page: string): string {
  return page.replace(/<[^>]*>/g, ' ').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
}

const wordsOf = (text: string) => text.split(/[\s,;:()…→+~-]+/).filter((word) => word !== '' && !/^\d+$/.test(word));

interface Printed {
  readonly name: string;
  readonly view: object;
  readonly text: string;
  /** Words that only the text printer adds. */
  readonly own: string;
}

const CASES = ['ingress', 'service-types', 'wrong-names'].map((name) => {
  const file = `fixtures/look/${name}/manifests.yaml`;
  const source = { name: file, text: readFileSync(`${ROOT}${file}`, 'utf8') };
  const completion = { ...AS_IT_IS, simulate: true, allocate: true, nodes: 2 };
  return { name, ...readCluster([source], { completion }) };
});

const TABLES = CASES.map(({ name, value }): Printed => {
  const view = servicesTable(value, sorted(value.services), { wide: true, namespaces: true, labels: true }, 0);
  return { name: `get of ${name}`, view, text: printServices(view, true).join('\n'), own: '' };
});

const DESCRIPTIONS = CASES.flatMap(({ name, value, diagnostics }) => {
  const describe = describer(value, diagnostics, DEFAULT_OPTIONS);
  return value.services.map((service): Printed => {
    const view = describe(service);
    const text = printDescription(view).join('\n');
    return { name: `describe of ${service.metadata.name} in ${name}`, view, text, own: 'Problems Defined at' };
  });
});

const nodesOf = (name: string) => parseResolved(readFileSync(`${ROOT}golden/${name}/resolved.txt`, 'utf8'));

const NODES = ['tour/web', 'conformance/loadbalancer-local', 'conformance/sctp'].flatMap((name) =>
  nodesOf(name).map((node): Printed => {
    const view = { ...node, ports: node.ports.map((port) => ({ ...port, tables: tablesOf(port) })) };
    const own = 'on node zone ServicePort ServicePorts';
    return { name: `resolved.txt of ${name}, ${node.family}`, view, text: render(printView(node)), own };
  }),
);

const REVIEWS = [
  ['nodeport', 'nodeport-local'],
  ['clusterip', 'multi-port'],
  ['loadbalancer', 'loadbalancer-source-ranges'],
].map(([before, after]): Printed => {
  const side = (name = '') => ({
    resolved: nodesOf(`conformance/${name}`),
    sections: [{ title: 'nat', lines: [`-A ${name}`] }],
  });
  const meaning = { '+': 'only in B', '-': 'only in A' };
  const groups = [{ nodes: ['node-a'], ...difference(side(before), side(after)) }];
  const review: Review = { meaning, synthetic: false, nodes: ['node-a'], groups };
  const own =
    'rules line lines of and added removed ServicePort ServicePorts no Service endpoint endpoints refused dropped';
  const text = [...printReview(review, (_, part) => part)].join('\n');
  return { name: `review of ${before} and ${after}`, view: review, text, own };
});

describe.each([...TABLES, ...DESCRIPTIONS, ...NODES, ...REVIEWS])('$name', ({ view, text, own }) => {
  it('is plain data', () => expect(JSON.parse(JSON.stringify(view))).toEqual(view));

  it('has every word of the text', () => {
    const known = new Set([...wordsOf(shown(html(view as Fields))), ...wordsOf(own)]);
    expect(wordsOf(text).length).toBeGreaterThan(5);
    expect(wordsOf(text).filter((word) => !known.has(word))).toEqual([]);
  });
});
