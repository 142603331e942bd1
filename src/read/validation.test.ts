/**
 * docs/validation.md: the page is what the tables print, and every row of them holds.
 * GOLDEN=write rewrites the page.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { withChanges } from '../testing/cases/rows.js';
import { page, RULES } from '../testing/validation/page.js';
import type { Changes, KindRules } from '../testing/validation/rule.js';
import { cursor } from './check.js';
import { KINDS, readKind } from './kinds.js';

const PAGE = `${ROOT}docs/validation.md`;

const ADMITTED = { 'metadata.uid': 'u', 'metadata.resourceVersion': '1' };

/** Reads an object with changes: its copy, and the severities of its diagnostics. */
function read({ kind, apiVersion, object }: KindRules, changes: Changes) {
  const known = KINDS.find((each) => each.kind === kind && each.apiVersion === apiVersion);
  if (!known) throw new Error(`${kind} is not read`);
  const at = cursor(1e6);
  const origin = { source: { name: '', text: '' }, document: 0, base: [], path: [] };
  const copy = readKind(known, withChanges({ apiVersion, kind, ...object }, changes), at, origin);
  return { copy: copy?.object, said: at.problems.map(({ severity, message }) => `${severity}: ${message}`) };
}

/** The value at `path` of a copy. */
function valueAt(copy: unknown, path: string): unknown {
  return path.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], copy);
}

const FIRST = { error: /^error: /, refused: /^error: /, warning: /^warning: / };
const IF_ADMITTED = { error: /^error: /, refused: /^warning: /, warning: /^warning: / };

describe('docs/validation.md', () => {
  if (process.env['GOLDEN'] === 'write' && !process.env['CI']) writeFileSync(PAGE, page());
  it('is what the tables say', () => expect(readFileSync(PAGE, 'utf8')).toBe(page()));

  it('has every kind that is read', () => {
    const alike = { Deployment: 'StatefulSet', DaemonSet: 'StatefulSet', ReplicaSet: 'StatefulSet' } as const;
    const kinds = KINDS.map(({ kind }) => (kind in alike ? alike[kind as keyof typeof alike] : kind));
    expect([...new Set(kinds)].sort()).toEqual(RULES.map(({ kind }) => kind).sort());
  });
});

describe.each(RULES.map((rules) => [rules.kind, rules] as const))('%s', (_, rules) => {
  it('has nothing against the object that keeps all rules', () => expect(read(rules, {}).said).toEqual([]));

  it.each(rules.rules.map((rule) => [`${rule.field}: ${rule.rule}`, rule] as const))('%s', (_, rule) => {
    const { absent, good = {}, bad, says } = rule;
    expect(read(rules, good).said).toEqual([]);
    const broken = read(rules, bad);
    expect(broken.said[0]).toMatch(FIRST[says]);
    expect(broken.copy === undefined).toBe(says !== 'warning');
    const admitted = read(rules, { ...bad, ...ADMITTED });
    expect(admitted.said[0]).toMatch(IF_ADMITTED[says]);
    expect(admitted.copy === undefined).toBe(says === 'error');
    if (!absent) return;
    const { copy, said } = read(rules, absent.with ?? {});
    expect(said).toEqual([]);
    expect(valueAt(copy, absent.at)).toEqual(absent.value);
  });
});
