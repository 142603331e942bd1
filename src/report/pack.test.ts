/**
 * pack: what a page reads back is the cluster that was packed, and explains every Service in the same words.
 */
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import type { Snapshot } from '../read/types.js';
import { caseInput, cases } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import type { Report } from './model.js';
import { packed, unpacked } from './pack.js';
import { explained, subjectOf } from './service.js';

function reportOf(each: ReturnType<typeof cases>[number]): Report {
  const { sources, options } = caseInput(each);
  const { value: snapshot, diagnostics: said } = readCluster(sources, { skipInvalid: true });
  const data = { title: each.name, version: '1', namespace: 'default', domain: 'cluster.local' };
  return { snapshot, data: { ...data, options, mentioned: [], said } };
}

/** Without what a page does not have: annotations, and places in files. */
function bare(snapshot: Snapshot): unknown {
  const text = JSON.stringify(snapshot, (key, value) => (key === 'origin' ? value.object : value));
  return JSON.parse(text, (key, value) => (key === 'annotations' ? {} : value));
}

const REPORTS = sample(cases(), 25, 'pack').map((each) => ({ name: each.name, report: reportOf(each) }));

describe.each(REPORTS)('$name', ({ report }) => {
  const back = unpacked([...packed(report)].join(''));

  it('is the same cluster', () => expect(bare(back.snapshot)).toEqual(bare(report.snapshot)));

  it('is explained in the same words', () => {
    for (const [i, service] of report.snapshot.services.entries()) {
      const other = back.snapshot.services[i];
      const [before, after] = [explained(subjectOf(report, service)), other && explained(subjectOf(back, other))];
      expect(wordsOf(after)).toEqual(wordsOf(before));
    }
  });
});

/** An explanation without the places of findings and definitions, also those in a message, before what is there. */
function wordsOf(explanation: object | undefined): unknown {
  const text = JSON.stringify(explanation, (key, value) => (key === 'at' ? undefined : value)) ?? 'null';
  return JSON.parse(text.replace(/\([^\s()]*?(?::\d+)+: /g, '('), (_, value) =>
    value?.label === 'Defined at' ? 'Defined at' : value,
  );
}

it('places are text, found when the page was made', () => {
  const [first] = cases('tour');
  if (!first) throw new Error('no case');
  const { snapshot } = unpacked([...packed(reportOf(first))].join(''));
  expect(snapshot.services[0]?.origin.source.name).toMatch(/cluster\.yaml:15:1$/);
});
