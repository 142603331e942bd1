/**
 * Watches of the test API server: each follows the log of changes at its own pace.
 */
import type { ServerResponse } from 'node:http';
import { type ServedResource, status } from './documents.js';

import type { Matcher } from './selectors.js';
import { type Change, type Store, type StoredObject, withVersion } from './store.js';

export interface Watches {
  /** How many watches are open. */
  count(): number;
  /** Answers a watch request: the changes of objects that `matches`, after the version in the query. */
  open(response: ServerResponse, served: ServedResource, matches: Matcher, query: URLSearchParams): void;
  /** Sends all pending events. */
  pump(): void;
  /** Sends a bookmark on each watch that allows them. */
  bookmark(): void;
  /** Ends all watches, as when their time is over. */
  end(): void;
  /** Cuts each open watch in the middle of its next event, with its connection. */
  cutNext(): void;
  /** Sends a line on all watches, such as an ERROR event or garbage. */
  say(line: string): void;
}

interface Watch {
  readonly response: ServerResponse;
  readonly served: ServedResource;
  readonly matches: Matcher;
  readonly bookmarks: boolean;
  version: number;
  cut: boolean;
}

/** Watches of `store`; nothing is sent while `stalled()`. */
export function newWatches(store: Store, stalled: () => boolean): Watches {
  const open = new Set<Watch>();

  const end = (watch: Watch, last = ''): void => {
    open.delete(watch);
    watch.response.end(last);
  };
  const pump = (watch: Watch): void => {
    if (stalled()) return;
    const changes = store.since(watch.version);
    if (!changes) {
      end(watch, GONE);
      return;
    }
    for (const change of changes) {
      watch.version = change.version;
      const line = change.kind === watch.served.kind ? lineOf(change, watch.matches) : undefined;
      if (line === undefined) continue;
      if (watch.cut) {
        const bytes = Buffer.from(line);
        watch.response.write(bytes.subarray(0, bytes.length >> 1), () => watch.response.destroy());
        open.delete(watch);
        return;
      }
      watch.response.write(line);
    }
  };
  const each = (act: (watch: Watch) => void) => () => {
    for (const watch of [...open]) act(watch);
  };
  return {
    count: () => open.size,
    open: (response, served, matches, query) => {
      const version = Number(query.get('resourceVersion') || 0);
      const watch = { response, served, matches, ...asked(query), version: version || store.version(), cut: false };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      // Without a version, a watch begins with all current objects.
      const first = version === 0 ? store.list(served.kind).filter(matches) : [];
      for (const object of first) response.write(textOf('ADDED', object));
      const seconds = Number(query.get('timeoutSeconds') || 1800);
      const timer = setTimeout(() => end(watch), seconds * 1000);
      response.on('close', () => {
        clearTimeout(timer);
        open.delete(watch);
      });
      open.add(watch);
      pump(watch);
    },
    pump: each(pump),
    bookmark: each((watch) => {
      if (!stalled() && watch.bookmarks) watch.response.write(bookmarkOf(watch, store.version()));
    }),
    end: each((watch) => end(watch)),
    cutNext: each((watch) => {
      watch.cut = true;
    }),
    say: (line) => each(({ response }) => void response.write(`${line}\n`))(),
  };
}

function asked(query: URLSearchParams): Pick<Watch, 'bookmarks'> {
  return { bookmarks: ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? '') };
}

const GONE = `${JSON.stringify({
  type: 'ERROR',
  object: status(410, 'Expired', 'too old resource version'),
})}\n`;

function bookmarkOf({ served }: Watch, version: number): string {
  const object = {
    kind: served.kind,
    apiVersion: served.apiVersion,
    metadata: { resourceVersion: `${version}`, creationTimestamp: null },
  };
  return `${JSON.stringify({ type: 'BOOKMARK', object })}\n`;
}

/** To a watch, an object that leaves its selection is deleted. */
function lineOf({ version, before, after, last }: Change, matches: Matcher): string | undefined {
  const was = before !== undefined && matches(before);
  const is = after !== undefined && matches(after);
  if (is) return textOf(was ? 'MODIFIED' : 'ADDED', last);
  // The last state in the selection, with the version at which it left.
  return was ? textOf('DELETED', withVersion(before, version)) : undefined;
}

/** The line of an event, shared by several watches. */
function textOf(type: string, object: StoredObject): string {
  const known = texts.get(object);
  if (known?.type === type) return known.line;
  const line = `${JSON.stringify({ type, object })}\n`;
  texts.set(object, { type, line });
  return line;
}

const texts = new WeakMap<StoredObject, { readonly type: string; readonly line: string }>();
