/**
 * Faults: what the test API server can be made to do wrong.
 */
import type { ServerResponse } from 'node:http';
import type { LoggedRequest } from './routes.js';

/** Answers a request in the server's place, or leaves it to the server by returning false. */
export type Impostor = (request: LoggedRequest, response: ServerResponse) => boolean;

export interface Faults {
  /** Cuts all connections. */
  dropAll(): void;
  /** While on: takes requests and sends nothing, neither answers nor events. What was held back comes after. */
  stall(on: boolean): void;
  /**
   * Answers all requests with a status, or takes no connection at all, until accept() or for so many milliseconds. Watches
   * that are open stay.
   */
  refuse(how: number | 'connection', ms?: number): void;
  /** Resolves when requests are answered again. */
  accept(): Promise<void>;
  /** Forgets the changes so far and all continue tokens. */
  expire(): void;
  /** 410 as an HTTP status, where the real server sends an ERROR event. */
  goneAsStatus(on: boolean): void;
  /** Cuts each open watch in the middle of its next event. */
  cutMidLine(): void;
  /** Ends all watches in order, as at the end of their time. */
  endWatches(): void;
  /** Sends a bookmark on each watch now. */
  bookmark(): void;
  /** Sends a line on each watch: an ERROR event, or what is none at all. */
  say(line: string): void;
  /** Each answer but a watch comes so many milliseconds later. */
  slow(ms: number): void;
  /** Goes on from an older version number, with the objects of now. */
  rewind(version: number): void;
  /** These resources, such as `pods`, may not be listed by anybody from now on; cluster-wide only, where one begins with `*`. */
  forbid(...resources: readonly string[]): void;
  /** Remembers objects and version; what is returned restores them, as etcd from a backup. */
  backup(): () => void;
  /** While on, a watch from a version that is not reached yet is silent, as the real one; else it is refused. */
  waitForVersions(on: boolean): void;
  /** Lets another answer; undefined ends that. */
  impersonate(impostor: Impostor | undefined): void;
  /** Only this token is good from now on. */
  setToken(token: string): void;
}
