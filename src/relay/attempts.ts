/**
 * relay, pure core: one client × the endpoints that its owner picks → a connection to the first endpoint that answers.
 *
 *     accept ──► pick ──► connect, within 250 ms ──► relay
 *                 ▲            │ refused, or silent
 *                 └────────────┘ again, within 500 ms, 1 s, 2 s
 */

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The time limits of the attempts for one client (EndpointDialTimeouts of kube-proxy's userspace mode). */
const LIMITS_MS = [250, 500, 1000, 2000] as const;

/** How the owner of a listener chooses. */
export interface Owner<E extends Endpoint = Endpoint> {
  /** The endpoint for the next attempt; undefined when there is none. */
  readonly pick: () => E | undefined;
  /** An attempt failed: the next pick should be another one. */
  readonly failed: (endpoint: E, problem: string) => void;
  /** The client has gone. */
  readonly ended?: () => void;
}

/** Connects within a time limit; a problem is why not. */
export type Connect<C> = (endpoint: Endpoint, limitMs: number) => Promise<C | { readonly problem: string }>;

/** The connection, or undefined when no attempt led to one. `isWanted` ends the attempts when the client has gone. */
export async function firstThatAnswers<C extends object, E extends Endpoint>(
  { pick, failed }: Owner<E>,
  connect: Connect<C>,
  isWanted: () => boolean,
): Promise<C | undefined> {
  for (const limit of LIMITS_MS) {
    const endpoint = isWanted() ? pick() : undefined;
    if (!endpoint) return undefined;
    const answer = await connect(endpoint, limit);
    if (!('problem' in answer)) return answer;
    failed(endpoint, answer.problem);
  }
  return undefined;
}

/** Stays with the first endpoint until it fails, then with the next, and after the last with the first again. */
export function inTurn<E extends Endpoint>(
  endpoints: readonly E[],
  say: (failed: E, problem: string, next: E) => void,
): Owner<E> {
  let at = 0;
  return {
    pick: () => endpoints[at],
    failed: (endpoint, problem) => {
      // Clients that connect at the same time fail together: they move on once.
      if (endpoints[at] !== endpoint) return;
      at = (at + 1) % endpoints.length;
      say(endpoint, problem, endpoints[at] ?? endpoint);
    },
  };
}
