/**
 * Sink: what a watch tells: objects, and the state it is in.
 */
import type { WatchedKind } from './resources.js';

/** Receives objects. They come with apiVersion and kind, without what is large and decides no rule. */
export interface ObjectSink {
  /** The whole list of a kind: what is not in it is gone. */
  replace(kind: WatchedKind, objects: readonly unknown[]): void;
  /** An object was added or modified. */
  put(kind: WatchedKind, object: unknown): void;
  /** An object is gone, or no longer one of those we ask for. */
  remove(kind: WatchedKind, object: unknown): void;
}

export interface WatchState {
  readonly kind: WatchedKind;
  /** `working` is a watch that has lasted: only then is it clear that what failed before does so no longer. */
  readonly state: 'listing' | 'watching' | 'working' | 'failing';
  /** Why it fails. */
  readonly message?: string;
  /** The HTTP status that says so; absent when there was no answer. */
  readonly code?: number;
  /** When it is tried again, in milliseconds from now. */
  readonly retryMs?: number;
}
