/**
 * Faults that tests can switch on in the test API server.
 */
import type { ServerResponse } from 'node:http';
import type { LoggedRequest } from './routes.js';

/** Answers a request in the server's place; returns false to let the server answer. */
export type Impostor = (request: LoggedRequest, response: ServerResponse) => boolean;

export interface Faults {
  /** Cuts all connections. */
  dropAll(): void;
  /**
   * While on: accepts requests and sends nothing, neither answers nor events. Afterwards it sends what it held back.
   */
  stall(on: boolean): void;
  /**
   * Answers all requests with a status, or accepts no connection at all, until accept() or for `ms` milliseconds. Open
   * watches stay.
   */
  refuse(how: number | 'connection', ms?: number): void;
  /** Resolves when requests are answered again. */
  accept(): Promise<void>;
  /** Forgets all changes so far and all continue tokens. */
  expire(): void;
  /** While on: answers 410 as an HTTP status, where the real server sends an ERROR event. */
  goneAsStatus(on: boolean): void;
  /** Cuts each open watch in the middle of its next event. */
  cutMidLine(): void;
  /** Ends all watches cleanly, as when their time is over. */
  endWatches(): void;
  /** Sends a bookmark on each watch now. */
  bookmark(): void;
  /** Sends a line on each watch: an ERROR event, or a line that is no event. */
  say(line: string): void;
  /** Delays every answer except watches by `ms` milliseconds. */
  slow(ms: number): void;
  /** Continues from an older version number, with the current objects. */
  rewind(version: number): void;
  /**
   * Forbids listing these resources, such as `pods`, from now on; only cluster-wide lists for a name with a leading
   * `*`.
   */
  forbid(...resources: readonly string[]): void;
  /** Saves objects and version; the returned function restores them, as etcd from a backup. */
  backup(): () => void;
  /** While on, a watch from a future version stays silent, as in the real server; else it is refused. */
  waitForVersions(on: boolean): void;
  /** Lets an impostor answer; undefined ends that. */
  impersonate(impostor: Impostor | undefined): void;
  /** Accepts only this token from now on. */
  setToken(token: string): void;
}
