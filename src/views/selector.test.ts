import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matches, parseSelector, type Requirement } from './selector.js';

/** `x in a b`: a requirement in short; a problem as `7: why`. */
function short(text: string): readonly string[] {
  const parsed = parseSelector(text);
  if ('problem' in parsed) return [`${parsed.at}: ${parsed.problem}`];
  return parsed.map(({ key, operator, values }) => [key, operator, ...values.map((value) => value || "''")].join(' '));
}

/** The valid selectors of apimachinery's pkg/labels/selector_test.go (TestSelectorParse, TestSetSelectorParser). */
describe('parseSelector reads', () => {
  it.each([
    ['', []],
    [' ', []],
    ['x=a,y=b,z=c', ['x in a', 'y in b', 'z in c']],
    ['x!=a,y==b', ['x notin a', 'y in b']],
    ['x=', ["x in ''"]],
    ['x= ,z= ', ["x in ''", "z in ''"]],
    ['!x', ['x !']],
    ['! x', ['x !']],
    ['x>1,z<5', ['x > 1', 'z < 5']],
    ['\rx', ['x exists']],
    ['a ', ['a exists']],
    ['this-is-a-dns.domain.com/key-with-dash', ['this-is-a-dns.domain.com/key-with-dash exists']],
    ['0.1.2.domain/99 notin (10.10.100.1, tick.tack.clock)', ['0.1.2.domain/99 notin 10.10.100.1 tick.tack.clock']],
    ['foo  in\t (abc)', ['foo in abc']],
    ['x notin\n (abc)', ['x notin abc']],
    ['x in(abc,def)', ['x in abc def']],
    ['x in (abc,)', ["x in abc ''"]],
    ['x in ()', ["x in ''"]],
    ['x notin ( )', ["x notin ''"]],
    ['x notin (, a)', ["x notin '' a"]],
    ['x in (a,,b)', ["x in a '' b"]],
    ['x notin (abc,def),bar,z in (),w', ['x notin abc def', 'bar exists', "z in ''", 'w exists']],
    ['x,y in (a)', ['x exists', 'y in a']],
    ['a in (x,y,notin, z,in)', ['a in x y notin z in']],
    ['notin=in', ['notin in in']],
    ['in in (in)', ['in in in']],
  ])('%j', (text, expected) => expect(short(text)).toEqual(expected));
});

/** kubectl's messages for grammar errors; the kernel ring compares them with kubectl itself. */
describe('parseSelector refuses', () => {
  it.each([
    ['x=a||y=b', /^2: .*"a\|\|y" is no label value for x, which is empty, or at most 63 letters/],
    ['x==a==b', /^4: found '==', expected: ',' or 'end of string'$/],
    ['!x=a', /^2: found '=', expected: ',' or 'end of string'$/],
    ['x<a', /^2: .*"a" is no whole number, which < needs$/],
    ['x>', /^2: .*"" is no whole number/],
    ['x>99999999999999999999', /^2: .*is no whole number/],
    [',x,y', /^0: found ',', expected: !, identifier, or 'end of string'$/],
    ['x nott in (y)', /^2: unable to parse requirement: found 'nott', expected: in, notin, =, ==, !=, gt, lt$/],
    ['a in (xyz),', /^11: found '', expected: identifier after ','$/],
    ['a in (xyz)b notin ()', /^10: found 'b', expected: ',' or 'end of string'$/],
    ['a in (xyz abc)', /^10: .*found 'abc', expected: ',' or '\)'$/],
    ['a notin(', /^8: .*found '', expected: ',', '\)' or identifier$/],
    ['a in (x,', /^8: .*found '', expected: ',', or identifier$/],
    ['a (', /^2: .*found '\(', expected: in, notin/],
    ['a/b/c', /^0: .*"a\/b\/c" is no label key/],
    ['A_/x', /^0: .*is no label key/],
  ])('%j', (text, expected) => expect(short(text).join()).toMatch(expected));
});

/** k/k labels/selector_test.go, TestSelectorMatches and TestRequirementSelectorMatching. */
describe('matches', () => {
  it.each([
    ['', { x: 'y' }, true],
    ['x=y', { x: 'y' }, true],
    ['x=y,z=w', { x: 'y', z: 'w' }, true],
    ['x!=y,z!=w', { x: 'z', z: 'a' }, true],
    ['notin=in', { notin: 'in' }, true],
    ['x', { x: 'z' }, true],
    ['!x', { y: 'z' }, true],
    ['x>1', { x: '2' }, true],
    ['x<1', { x: '0' }, true],
    ['x>1', { x: 'v2' }, false],
    ['x<1', {}, false],
    ['x=z', {}, false],
    ['x=y', { x: 'z' }, false],
    ['x!=y,z!=w', { x: 'z', z: 'w' }, false],
    ['x', { y: 'z' }, false],
    ['!x', { x: 'z' }, false],
    ['x notin (a)', {}, true],
    ['x in ()', { x: '' }, true],
    ['x in ()', {}, false],
    ['x notin ()', { x: '' }, false],
  ])('%s of %j: %s', (text, labels, expected) => {
    const parsed = parseSelector(text);
    if ('problem' in parsed) throw new Error(parsed.problem);
    expect(matches(parsed, labels as Record<string, string>)).toBe(expected);
  });

  const key = fc.constantFrom('a', 'b', 'x.io/c', 'in', 'notin');
  const value = fc.constantFrom('', '1', '2', '10', 'in', 'v');
  const blank = fc.constantFrom('', ' ', '\t ');
  const part = fc.record({
    key,
    operator: fc.constantFrom('=', '==', '!=', 'in', 'notin', '', '!', '>', '<'),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
    blank,
  });

  /** The meaning of one requirement, without the parser. */
  function holds(
    { key, operator, values: [first = '', ...rest] }: Part,
    labels: Readonly<Record<string, string>>,
  ): boolean {
    const label = labels[key];
    if (operator === '') return label !== undefined;
    if (operator === '!') return label === undefined;
    if (operator === '>') return Number(label || 'x') > Number(first);
    if (operator === '<') return Number(label || 'x') < Number(first);
    const among = [first, ...(operator.endsWith('in') ? rest : [])].includes(label ?? 'absent');
    return operator === '!=' || operator === 'notin' ? !among : among;
  }

  function written({ key, operator, values, blank }: Part): string {
    if (operator === '' || operator === '!') return `${operator}${blank}${key}${blank}`;
    if (operator.endsWith('in')) return `${key} ${operator}${blank}(${values.join(`${blank},`)})`;
    return `${key}${blank}${operator}${blank}${values[0]}`;
  }

  it('means what is written, whatever is written', () => {
    const labels = fc.dictionary(key, value);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), labels, (parts, labels) => {
        const numbers = parts.map((each) =>
          each.operator === '>' || each.operator === '<' ? { ...each, values: ['2'] } : each,
        );
        const parsed = parseSelector(numbers.map(written).join(','));
        expect(parsed).not.toHaveProperty('problem');
        expect(matches(parsed as readonly Requirement[], labels)).toBe(numbers.every((each) => holds(each, labels)));
      }),
    );
  });

  it('never throws, and points into the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abx=!<>(), .-/1'), maxLength: 12 }), (text) => {
        const parsed = parseSelector(text);
        if (!('problem' in parsed)) return matches(parsed, { a: '1' }) !== undefined;
        return parsed.at >= 0 && parsed.at <= text.length;
      }),
    );
  });
});

interface Part {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
  readonly blank: string;
}
