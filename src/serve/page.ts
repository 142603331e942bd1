/**
 * page: the daemon's own page, at `/` of the metrics address. It is a map of the cluster without a password: it is served
 * to connections over loopback only, unless asked for, and to browsers that were not sent here under a foreign name (DNS
 * rebinding). Its data is made in slices, so that no change waits for it.
 */
import { parseIp } from '../ip.js';
import { type Parts, pageText, policyOf } from '../report/html.js';
import type { Report } from '../report/model.js';
import { packedSlowly } from './data.js';
import type { HistoryData } from './history.js';
import { type Answer, type Caller, jsonAnswer, textAnswer } from './http.js';

/** What the page is made of; all of it as it is now. */
export interface PageSource {
  readonly parts: Parts;
  /** Served to every address, not only over loopback. */
  readonly isOpen: boolean;
  /** Undefined before there is a cluster; the same snapshot as long as nothing changes. */
  readonly report: () => Report | undefined;
  readonly state: () => PageState;
}

/** What the page asks for every few seconds. */
export interface PageState extends HistoryData {
  /** In milliseconds since 1970, as all times. */
  readonly at: number;
  readonly isHealthy: boolean;
  /** Changes that no sync has taken. */
  readonly waiting: {
    readonly services: number;
    readonly endpoints: number;
    readonly nodes: number;
    readonly names: readonly string[];
    readonly since?: number;
  };
}

/** The answers of the page: undefined for a path that is not its. */
export function pageAnswers(source: PageSource): (pathname: string, caller: Caller) => Promise<Answer> | undefined {
  const policy = policyOf(source.parts, "'self'");
  const html = pageText(source.parts, '', policy);
  const headers = { ...HEADERS, 'Content-Security-Policy': `${policy}; frame-ancestors 'none'` };
  let version = 0;
  let known: Known | undefined;
  const dataOf = (report: Report): Promise<Uint8Array> => {
    if (!known || (!isOf(known, report) && Date.now() - known.at >= KEPT)) {
      const { snapshot, data } = report;
      known = { snapshot, data: JSON.stringify(data), at: Date.now(), body: packedSlowly(report) };
      version++;
    }
    return known.body;
  };
  const pages: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/': () => ({ status: 200, type: 'text/html; charset=utf-8', body: html, headers }),
    '/page/data': async () => {
      const report = source.report();
      if (!report) return textAnswer(503, 'the cluster has not been read yet: try again in a moment');
      return { status: 200, type: 'application/gzip', body: await dataOf(report), headers };
    },
    '/page/state': () => {
      // Without making it: whether there is other data than was last given.
      const report = source.report();
      const isNew = known !== undefined && report !== undefined && !isOf(known, report);
      return jsonAnswer(200, { ...source.state(), version: isNew ? version + 1 : version }, headers);
    },
  };
  return (pathname, caller) => {
    const page = Object.hasOwn(pages, pathname) ? pages[pathname] : undefined;
    if (!page) return undefined;
    return Promise.resolve(refusal(source, caller) ?? page());
  };
}

/** Milliseconds: a cluster that changes all the time is packed no more often. */
const KEPT = 2000;

/** The data that was packed last. */
interface Known {
  readonly snapshot: Report['snapshot'];
  /** The rest of the report, as JSON. */
  readonly data: string;
  readonly at: number;
  readonly body: Promise<Uint8Array>;
}

function isOf(known: Known, { snapshot, data }: Report): boolean {
  return known.snapshot === snapshot && known.data === JSON.stringify(data);
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};

function refusal({ isOpen }: PageSource, { host, isLoopback }: Caller): Answer | undefined {
  if (!isLoopback && !isOpen)
    return textAnswer(403, 'the page is served on loopback only; vipc sync --page serves it to every address');
  if (!isOwnName(host)) return textAnswer(421, 'ask for this page by an address, or as localhost');
  return undefined;
}

/** A page of somebody else can lead a browser here only by a name that resolves to this address. */
function isOwnName(host: string | undefined): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host ?? '') ?? [];
  return plain.toLowerCase() === 'localhost' || parseIp(bracketed ?? plain) !== undefined;
}
