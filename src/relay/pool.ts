/**
 * pool, pure core: the endpoints of one Service's port, which take turns, and the clients that stay with one.
 */
import type { Endpoint } from './attempts.js';

export interface Pool<E extends Endpoint = Endpoint> {
  /** The endpoint for a new connection of `client`, an address. */
  readonly pick: (client: string) => E | undefined;
  /** An endpoint did not answer: its clients are free to take another. */
  readonly failed: (client: string, endpoint: E) => void;
  /** Other endpoints, or another affinity in seconds, from now on. */
  readonly update: (endpoints: readonly E[], affinity: number | undefined) => void;
}

/** The endpoint that a client had, and when it last connected. */
interface Stay<E> {
  readonly endpoint: E;
  readonly at: number;
}

/** A pool; `now` is in milliseconds. */
export function newPool<E extends Endpoint>(now: () => number): Pool<E> {
  let endpoints: readonly E[] = [];
  let affinity: number | undefined;
  let turn = 0;
  /** By client, the one that connected longest ago first. */
  const stays = new Map<string, Stay<E>>();
  const next = (): E | undefined => {
    turn %= Math.max(endpoints.length, 1);
    return endpoints[turn++];
  };
  const forgetOld = (): void => {
    for (const [client, { at }] of stays) {
      if (affinity !== undefined && now() - at < affinity * 1000) return;
      stays.delete(client);
    }
  };
  return {
    pick: (client) => {
      if (affinity === undefined) return next();
      forgetOld();
      const endpoint = stays.get(client)?.endpoint ?? next();
      stays.delete(client);
      if (endpoint) stays.set(client, { endpoint, at: now() });
      return endpoint;
    },
    failed: (client, endpoint) => {
      if (stays.get(client)?.endpoint === endpoint) stays.delete(client);
    },
    update: (changed, seconds) => {
      // The same endpoint stays the same object, so that clients stay with it.
      const known = new Map(endpoints.map((each) => [keyOf(each), each]));
      endpoints = changed.map((each) => known.get(keyOf(each)) ?? each);
      affinity = seconds;
      const there = new Set(endpoints);
      for (const [client, { endpoint }] of stays) if (!there.has(endpoint)) stays.delete(client);
    },
  };
}

function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
