/**
 * Namespace v1: its metadata only, because vipc needs to know no more than that it exists.
 */
import type { Check } from '../check.js';
import { DNS1123_LABEL } from '../names.js';
import { object } from '../object.js';
import type { Namespace } from '../types.js';
import { metadata } from './metadata.js';

/** A Namespace without its origin. */
export const namespace: Check<Omit<Namespace, 'origin'>> = object({
  metadata: metadata(DNS1123_LABEL, { namespaced: false }),
});
