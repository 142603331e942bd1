/**
 * cli: artifacts and their texts → the sides of a review, and reviews → standard output.
 */
import { type Artifact, RESOLVED_FILE, textOf } from '../pipeline.js';
import { parseResolved } from '../resolve/print.js';
import type { ServiceChange } from '../review/compare.js';
import { reviewData } from '../review/json.js';
import { printReview } from '../review/print.js';
import { type Meaning, type Review, ruleDifference, type Side } from '../review/review.js';
import { render } from '../text.js';
import { type Io, painter, writeJson, writeLines } from './io.js';

/** Texts by the name of their artifact. */
export type Kept = ReadonlyMap<string, string>;

/** Compiled artifacts as texts. */
export function textsOf(artifacts: readonly Artifact[]): Kept {
  return new Map(artifacts.map((artifact) => [artifact.name, render(textOf(artifact))]));
}

/** Texts of such artifacts, compiled now or from files, split into sections. */
export function sideOf(artifacts: readonly Artifact[], texts: Kept): Side {
  return {
    resolved: parseResolved(texts.get(RESOLVED_FILE) ?? ''),
    sections: artifacts
      .filter(({ name }) => name !== RESOLVED_FILE)
      .flatMap(({ name, sections }) =>
        sections(texts.get(name) ?? '').map((section) => ({
          ...section,
          title: `${name.replace(/\.(?:rules|conf)$/, '')} ${section.title}`,
        })),
      ),
  };
}

/** The meaning of the signs for a live node. */
const ON_NODE: Meaning = { '+': 'missing on this node', '-': 'not wanted' };

/** The changes that a live node needs. */
export function liveReview(changes: readonly ServiceChange[], meaning: Meaning = ON_NODE): Review {
  const groups = changes.length === 0 ? [] : [{ nodes: [''], ...ruleDifference(changes) }];
  return { meaning, synthetic: false, nodes: [''], groups };
}

/** Prints a review to standard output. */
export async function printed(review: Review, json: boolean, io: Io): Promise<void> {
  if (json) await writeJson(io.stdout, reviewData(review));
  else await writeLines(io.stdout, printReview(review, painter(io.stdout, io.env)));
}
