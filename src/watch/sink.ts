/**
 * Sink: the output of a watch: objects, and its own state.
 */
import type { WatchedKind } from './resources.js';

/** Receives objects. They have apiVersion and kind, but no fields that are large and decide no rule. */
export interface ObjectSink {
  /** The whole list of a kind begins to come. Several may begin, of which one ends. */
  list(kind: WatchedKind): ListSink;
  /** An object was added or modified. */
  put(kind: WatchedKind, object: unknown): void;
  /** An object was deleted, or no longer matches the selector. */
  remove(kind: WatchedKind, object: unknown): void;
}

/** Receives a whole list, which changes nothing before its end. */
export interface ListSink {
  page(objects: readonly unknown[]): void;
  /** That was all: objects that are not in it are deleted. */
  end(): void;
}

export interface WatchState {
  readonly kind: WatchedKind;
  /** `working` is a watch that has lasted: only then is it clear that what failed before does so no longer. */
  readonly state: 'listing' | 'watching' | 'working' | 'failing';
  /** The reason of a failure. */
  readonly message?: string;
  /** The HTTP status of the failure; absent when there was no answer. */
  readonly code?: number;
  /** The time until the next attempt, in milliseconds. */
  readonly retryMs?: number;
  /** The rules can do without the kind. */
  readonly optional?: true;
}
