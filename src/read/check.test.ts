import { describe, expect, it } from '@jest/globals';
import {
  also,
  bool,
  type Check,
  convert,
  cursor,
  fail,
  int,
  list,
  map,
  matching,
  number,
  oneOf,
  remembered,
  text,
} from './check.js';
import { QUALIFIED_NAME } from './names.js';
import { ignored, object, optional, required, strictObject, withDefault } from './object.js';

const short = { allowed: 'short', matches: (value: string) => value.length < 3 };
const point = object({ x: required(int(0, 9)), y: optional(bool), z: withDefault(text, 'zed'), n: ignored(number) });

const good: [string, Check<unknown>, unknown, unknown][] = [
  ['text', text, 'a', 'a'],
  ['an empty text', text, '', ''],
  ['bool', bool, false, false],
  ['int, lowest', int(1, 3), 1, 1],
  ['int, highest', int(1, 3), 3, 3],
  ['int, -0', int(0, 3), -0, 0],
  ['number', number, 1.5, 1.5],
  ['matching', matching(short), 'ab', 'ab'],
  ['oneOf', oneOf(['a', 'b']), 'b', 'b'],
  ['oneOf, empty as its default', oneOf(['a', 'b'], 'a'), '', 'a'],
  ['list', list(bool), [true, false], [true, false]],
  ['list, at its bounds', list(bool, { min: 1, max: 1 }), [true], [true]],
  ['map', map(QUALIFIED_NAME, text), { 'a.b/c': 'd' }, { 'a.b/c': 'd' }],
  ['object', point, { x: 1, y: true, z: 'a', n: 3, other: 1 }, { x: 1, y: true, z: 'a' }],
  ['object, null is absent', point, { x: 1, y: null, z: null }, { x: 1, z: 'zed' }],
  ['also', also(bool, () => {}), true, true],
  ['convert', convert(bool, (value) => (value ? 1 : 0)), true, 1],
];

describe('checks accept', () => {
  it.each(good)('%s', (_, check, value, expected) => {
    const at = cursor(100);
    const result = check(value, at);
    expect(result).toEqual(expected);
    expect(Object.is(result, -0)).toBe(false);
    expect(at).toMatchObject({ problems: [], path: [], errors: 0 });
  });

  it('maps have no prototype', () => {
    const labels = map(QUALIFIED_NAME, text)({ a: 'b' }, cursor(0));
    expect(labels && 'constructor' in labels).toBe(false);
  });

  it('absent optional fields stay absent', () => {
    expect(Object.keys(point({ x: 1 }, cursor(0)) ?? {})).toEqual(['x', 'z']);
  });
});

const anything = (value: unknown) => value;
const port = object({ ports: required(list(object({ port: required(int(1, 65535)) }))) });

const bad: [string, Check<unknown>, unknown, string[]][] = [
  ['text', text, 80, ['the object must be a string, is a number: 80']],
  ['bool', bool, 'yes', ['the object must be true or false, is a string: "yes"']],
  ['int, too low', int(1, 3), 0, ['the object must be a whole number from 1 to 3, is 0']],
  ['int, too high', int(1, 3), 4, ['the object must be a whole number from 1 to 3, is 4']],
  ['int, a fraction', int(1, 3), 1.5, ['the object must be a whole number from 1 to 3, is 1.5']],
  ['int, NaN', int(1, 3), Number.NaN, ['the object must be a whole number from 1 to 3, is NaN']],
  [
    'int, Infinity',
    int(1, 3),
    Number.POSITIVE_INFINITY,
    ['the object must be a whole number from 1 to 3, is Infinity'],
  ],
  ['int, a string', int(1, 3), '2', ['the object must be a whole number from 1 to 3, is a string: "2"']],
  ['int, a list', int(1, 3), [2], ['the object must be a whole number from 1 to 3, is a list']],
  ['number', number, Number.NaN, ['the object must be a number, is a number: NaN']],
  ['matching', matching(short), 'abc', ['the object must be short, is "abc"']],
  ['oneOf', oneOf(['a', 'b']), 'c', ['the object must be one of a, b, is "c"']],
  ['oneOf, empty without a default', oneOf(['a', 'b']), '', ['the object must be one of a, b, is ""']],
  ['oneOf, another type', oneOf(['a']), null, ['the object must be a, is null']],
  ['list', list(bool), {}, ['the object must be a list, is a mapping']],
  ['list, too short', list(bool, { min: 1 }), [], ['the object must have at least 1 entry, has 0']],
  ['list, too long', list(bool, { max: 1 }), [true, true], ['the object must have at most 1 entries, has 2']],
  [
    'list, entries',
    list(bool),
    [1, true, null],
    ['[0] must be true or false, is a number: 1', '[2] must be true or false, is null'],
  ],
  [
    'list, more than the text can hold',
    list(anything),
    new Array(10_101).fill(0),
    ['the object has too many entries: aliases repeat them'],
  ],
  ['map', map(QUALIFIED_NAME, text), [], ['the object must be a mapping, is a list']],
  ['map, value', map(QUALIFIED_NAME, text), { a: 1 }, ['a must be a string, is a number: 1']],
  ['object', point, 'x', ['the object must be a mapping, is a string']],
  ['object, missing', point, {}, ['the object needs the field x']],
  ['object, ignored but wrong', point, { x: 1, n: 'a' }, ['n must be a number, is a string: "a"']],
  [
    'object, all problems at once',
    point,
    { x: 10, y: 1 },
    ['x must be a whole number from 0 to 9, is 10', 'y must be true or false, is a number: 1'],
  ],
  [
    'a path',
    port,
    { ports: [{ port: 1 }, { port: 0 }] },
    ['ports[1].port must be a whole number from 1 to 65535, is 0'],
  ],
  ['also', also(bool, (_, at) => fail(at, 'is not wanted')), true, ['the object is not wanted']],
];

describe('checks refuse', () => {
  it.each(bad)('%s', (_, check, value, expected) => {
    const at = cursor(100);
    expect(check(value, at)).toBeUndefined();
    expect(at.problems.map(({ message }) => message)).toEqual(expected);
    expect(at.errors).toBe(expected.length);
    expect(at.path).toEqual([]);
  });

  it('keys at the key', () => {
    const at = cursor(0);
    map(QUALIFIED_NAME, text)(JSON.parse('{"__proto__":"x"}'), at);
    expect(at.problems).toMatchObject([{ path: ['__proto__'], atKey: true }]);
  });

  it('remembered texts only after they were accepted', () => {
    const at = cursor(0);
    const check = remembered(short);
    expect([check('long', at), check('long', at), check('ok', at), check('ok', at), check(1, at)]).toEqual([
      undefined,
      undefined,
      'ok',
      'ok',
      undefined,
    ]);
    expect(at.errors).toBe(3);
  });

  it('says what to do about numbers in quotes and strings without', () => {
    const at = cursor(0);
    int(1, 3)('2', at);
    text(80, at);
    expect(at.problems.map(({ hint }) => hint)).toEqual(['remove the quotes', 'put it in quotes']);
  });
});

const unknown: [string, unknown, (string | undefined)[]][] = [
  ['a slip', { masquradeBit: 1 }, ['did you mean masqueradeBit?']],
  ['another case', { MASQUERADEBIT: 1 }, ['did you mean masqueradeBit?']],
  ['nothing like it', { nonsense: 1 }, [undefined]],
  ['a long one', { ['x'.repeat(10_000)]: 1 }, [undefined]],
  ['known fields', { masqueradeBit: 1, mode: 'x' }, []],
];

describe('strictObject warns about unknown fields', () => {
  it.each(unknown)('%s', (_, value, hints) => {
    const at = cursor(0);
    expect(strictObject({ masqueradeBit: optional(int(0, 31)), mode: optional(text) })(value, at)).toBeDefined();
    expect(at.problems.map(({ hint }) => hint)).toEqual(hints);
    expect(
      at.problems.every(({ severity, code, atKey }) => severity === 'warning' && code === 'unknown-field' && atKey),
    ).toBe(true);
    expect(at.errors).toBe(0);
  });
});
