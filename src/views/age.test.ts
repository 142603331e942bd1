import { describe, expect, it } from '@jest/globals';
import { ageOf, humanDuration } from './age.js';

const [MS, S, M, H] = [1, 1000, 60_000, 3_600_000];
const D = 24 * H;
const Y = 365 * D;

/** The cases of k/k staging/src/k8s.io/apimachinery/pkg/util/duration/duration_test.go (TestHumanDuration and its boundaries). */
describe('humanDuration', () => {
  it.each([
    ['<invalid>', -2 * S],
    ['0s', -2 * S + MS],
    ['0s', 0],
    ['0s', S - MS],
    ['1s', S],
    ['70s', 70 * S],
    ['119s', 2 * M - MS],
    ['2m', 2 * M],
    ['2m1s', 2 * M + S],
    ['3m10s', 190 * S],
    ['9m59s', 10 * M - MS],
    ['10m', 10 * M],
    ['10m', 10 * M + S],
    ['70m', 70 * M],
    ['179m', 3 * H - MS],
    ['3h', 3 * H],
    ['3h1m', 3 * H + M],
    ['7h59m', 8 * H - MS],
    ['8h', 8 * H],
    ['8h', 8 * H + 59 * M],
    ['47h', 2 * D - MS],
    ['2d', 2 * D],
    ['2d1h', 2 * D + H],
    ['7d23h', 8 * D - MS],
    ['8d', 8 * D],
    ['8d', 8 * D + 23 * H],
    ['367d', 367 * D],
    ['729d', 2 * Y - MS],
    ['2y', 2 * Y],
    ['2y', 2 * Y + D - MS],
    ['2y1d', 2 * Y + D],
    ['3y', 3 * Y],
    ['7y364d', 8 * Y - MS],
    ['8y', 8 * Y],
    ['8y', 8 * Y + 364 * D],
    ['9y', 9 * Y],
  ])('%s', (text, milliseconds) => expect(humanDuration(milliseconds)).toBe(text));
});

describe('ageOf', () => {
  it.each([
    ['none', undefined, '<unknown>'],
    ['no timestamp', 'yesterday', '<unknown>'],
    ['a date alone, which the API refuses', '2026-05-31', '<unknown>'],
    ['one in another zone', '2026-06-01T13:00:00+02:00', '60m'],
    ['one of the API', '2026-05-31T12:00:00Z', '24h'],
    ['a clock that is ahead', '2026-06-01T12:00:01Z', '0s'],
    ['the future', '2026-06-02T12:00:00Z', '<invalid>'],
  ])('%s', (_, created, expected) => expect(ageOf(created, Date.parse('2026-06-01T12:00:00Z'))).toBe(expected));
});
