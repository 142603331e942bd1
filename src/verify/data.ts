/**
 * data: the result of a comparison → the object for --format json.
 */
import type { JsonObject } from '../json.js';
import { stepsOf } from '../packet/branch.js';
import { toNumber } from '../packet/fraction.js';
import type { Group } from './groups.js';
import { type Found, isEqual, sentenceOf } from './tell.js';

export function toData(found: Found): JsonObject {
  const undecided = found.open.some(({ kind }) => kind === 'undecided') || (found.open.length === 0 && !isEqual(found));
  return {
    equal: isEqual(found),
    undecided,
    checked: found.counts,
    differences: found.open.map(groupData),
    accepted: found.accepted.map(groupData),
    stale: found.stale,
  };
}

function groupData(group: Group): JsonObject {
  const { id, kind, byDesign, subject, places, placeCount, classes, example } = group;
  const { packet } = example;
  return {
    id,
    kind,
    byDesign,
    subject,
    places,
    placeCount,
    classes,
    sentence: sentenceOf(group),
    packet: {
      from: packet.source.text,
      to: packet.destination.text,
      port: packet.destinationPort,
      protocol: packet.protocol,
      inInterface: packet.inInterface,
      sourcePort: packet.sourcePort,
      state: packet.state,
      remembered: packet.remembered,
    },
    a: sideData(group, 0),
    b: sideData(group, 1),
  };
}

function sideData({ example: { fates } }: Group, side: 0 | 1): readonly JsonObject[] {
  return fates[side].map((fate) => ({
    end: fate.end,
    to: fate.to,
    source: fate.source,
    affinity: fate.affinity,
    persistence: fate.persistence,
    scheduler: fate.scheduler,
    probability: toNumber(fate.share),
    depends: fate.outcome.depends,
    steps: stepsOf(fate.outcome).map(({ hook, table, chain, rule, text }) => ({ hook, table, chain, rule, text })),
  }));
}
