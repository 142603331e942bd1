import { describe, expect, it } from '@jest/globals';
import { ALL, BRIEF, often, sample } from './extent.js';

const LIST = Array.from({ length: 40 }, (_, i) => i);

it('often', () => expect(often(3, 50)).toBe(ALL ? 50 : BRIEF ? 1 : 3));

describe('sample', () => {
  it('is all, or as many as are asked for', () => expect(sample(LIST, 7)).toHaveLength(ALL ? 40 : BRIEF ? 2 : 7));
  it('is all of a short list', () => expect(sample(LIST, 160)).toEqual(LIST));
  it('keeps the order', () => expect([...sample(LIST, 7)].sort((a, b) => a - b)).toEqual(sample(LIST, 7)));
  it('is the same again', () => expect(sample(LIST, 7, 'a')).toEqual(sample(LIST, 7, 'a')));
  it('comes everywhere in time', () => {
    const seen = new Set(Array.from({ length: 1000 }, (_, i) => sample(LIST, 4, `${i}`)).flat());
    expect(seen.size).toBe(40);
  });
});
