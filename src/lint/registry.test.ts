/**
 * The examples of every rule are its tests: the failing one has its code at exactly the marked lines, the passing one
 * has no warning or error, and no finding of its code. Also: every code that vipc reports is documented.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Diagnostic } from '../diag.js';
import { front } from '../front.js';
import { locate } from '../read/locate.js';
import { caseInput, cases, ROOT } from '../testing/cases/cases.js';
import { page } from '../testing/lint/page.js';
import { CODES, findingsOf } from './findings.js';
import { INPUT_CODES } from './input-codes.js';
import { lint } from './lint.js';
import { RULES } from './registry.js';

/** The findings of `vipc lint` in a text. */
function found(text: string): readonly Diagnostic[] {
  const sources = [{ name: 'a.yaml', text }];
  return findingsOf(front(sources, { remarks: ['suspect'], rules: 'all' }).diagnostics, sources);
}

/** The numbers of the lines that end with `# <- CODE`. */
function marked(text: string, code: string): readonly number[] {
  return text.split('\n').flatMap((line, i) => (line.endsWith(`# <- ${code}`) ? [i + 1] : []));
}

const lineOf = ({ origin }: Diagnostic) => (origin ? locate(origin).line : 0);

describe.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (code, { severity, failing, passing, check }) => {
  it('is found where the failing example is marked, and nowhere else', () => {
    const own = found(failing).filter((each) => each.code === code);
    expect(marked(failing, code).length).toBeGreaterThan(0);
    expect(own.map(lineOf).sort((a, b) => a - b)).toEqual(marked(failing, code));
  });

  it('says what to do, or why', () => {
    const own = found(failing).filter((each) => each.code === code);
    for (const { message } of own) expect(message).toMatch(/^[^.].*[^.]$/);
  });

  it('has the severity that its findings have at most', () => {
    if (code === 'affinity-list') return;
    expect(new Set(found(failing).flatMap((each) => (each.code === code ? [each.severity] : [])))).toEqual(
      new Set([severity]),
    );
  });

  it('is not found in the passing example, where there is nothing to warn of', () => {
    const left = found(passing).filter((each) => each.code === code || each.severity !== 'note');
    expect(left.filter((each) => code !== 'vip-on-node' || each.code === code)).toEqual([]);
  });

  it('comes of its own check alone', () => {
    if (!check) return;
    const others = RULES.filter((rule) => rule.check && rule.check !== check);
    const { value } = front([{ name: 'a.yaml', text: failing }], { remarks: [] });
    const said = others.flatMap((rule) => rule.check?.(value.cluster, { simulate: false }) ?? []);
    expect(said.filter((each) => each.code === code)).toEqual([]);
  });
});

describe('the registry', () => {
  const PAGE = `${ROOT}docs/lint.md`;
  if (process.env['GOLDEN'] === 'write' && !process.env['CI']) writeFileSync(PAGE, page());
  it('is what docs/lint.md says', () => expect(readFileSync(PAGE, 'utf8')).toBe(page()));

  it('has each code once, and none that the input has', () => {
    const codes = RULES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => code in INPUT_CODES)).toEqual([]);
  });

  it('has a file of its name for each rule', () => {
    const files = readdirSync(`${ROOT}src/lint/rules`).map((name) => name.replace(/\.ts$/, ''));
    expect(files.sort()).toEqual(RULES.map(({ code }) => code).sort());
  });

  it('documents every code that is said of any fixture', () => {
    const said = cases().flatMap((each) => {
      const { sources, completion } = caseInput(each);
      return front(sources, { completion, remarks: ['suspect'], rules: 'all' }).diagnostics.map(({ code }) => code);
    });
    expect([...new Set(said)].filter((code) => !CODES.includes(code))).toEqual([]);
  });

  it('has rules that every command runs, which say what they said before there were others', () => {
    const everywhere = RULES.filter((rule) => rule.everywhere).map(({ code }) => code);
    for (const { failing, code, everywhere: is } of RULES) {
      const { value } = front([{ name: 'a.yaml', text: failing }], { remarks: [] });
      const codes = lint(value.cluster).map((each) => each.code);
      expect(codes.filter((each) => !everywhere.includes(each))).toEqual([]);
      if (is) expect(codes).toContain(code);
    }
  });
});
