/**
 * Source: the Services, EndpointSlices and this node's Node of a cluster, watched at its API server. An informer of our
 * own, because that of @kubernetes/client-node neither asks for bookmarks nor for pages, tears down a quiet watch every
 * half minute, ends at the first error of a list and overlooks lines that it cannot read.
 */
import type { ApiClient } from './client.js';
import { reflect } from './reflector.js';
import { type OptionalKind, resourcesFor, type WatchedKind } from './resources.js';
import type { ObjectSink, WatchState } from './sink.js';
import { DEFAULT_TUNING, type Tuning } from './tuning.js';

export type { ObjectSink, OptionalKind, Tuning, WatchedKind, WatchState };

/** Where the objects of the daemon come from: a watch of the API, or files (files.ts). */
export interface ObjectSource {
  /** Resolves when all objects were delivered once; never when stopped before. */
  readonly ready: Promise<void>;
  /** Ends all connections and timers. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** The name of this node's Node. */
  readonly nodeName: string;
  readonly also?: readonly OptionalKind[];
  readonly sink: ObjectSink;
  readonly onState?: (state: WatchState) => void;
  readonly tuning?: Partial<Tuning>;
}

/** Begins to watch. The first change of a kind is the end of its list; there is no call after stop(). */
export function watchCluster(
  client: ApiClient,
  { nodeName, also = [], sink, onState = () => {}, tuning = {} }: WatchOptions,
): ObjectSource {
  const controller = new AbortController();
  const { signal } = controller;
  const running: Promise<void>[] = [];
  const all = { ...DEFAULT_TUNING, ...tuning };
  const listed = resourcesFor(nodeName, also).map(
    (resource) =>
      new Promise<void>((onListed) => {
        const told = resource.optional ? optionally(onState, onListed) : onState;
        running.push(reflect({ client, resource, tuning: all, sink, onState: told, onListed, signal }));
      }),
  );
  return {
    ready: Promise.all(listed).then(() => {}),
    stop: async () => {
      controller.abort(new Error('stopped'));
      await Promise.all(running);
    },
  };
}

/** Nothing waits for a resource that the server does not give. */
function optionally(onState: (state: WatchState) => void, onListed: () => void): (state: WatchState) => void {
  return (state) => {
    onState({ ...state, optional: true });
    if (state.state === 'failing') onListed();
  };
}
