import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_OPTIONS } from '../../options.js';
import { often } from '../../testing/run/extent.js';
import { assignPorts, type Wanted } from './proxy-ports.js';

const tcp = (...names: readonly string[]) => names.map((name) => ({ protocol: 'tcp', name }));
const range = (first: number, last: number) => ({ ...DEFAULT_OPTIONS.userspace, proxyPorts: { first, last } });
const held = (name: string, port: number) => ({ protocol: 'tcp', name, port });
const ALL = range(12000, 29999);
const NOTHING = { taken: [], held: [] };

function ports(wanted: readonly Wanted[], of = ALL, known: Parameters<typeof assignPorts>[2] = NOTHING) {
  const assigned = assignPorts({ wanted, avoid: [] }, of, known);
  return new Map(wanted.map(({ name }) => [name, assigned.of(name)]));
}

/** The port that `a` wants. */
const WANTED = ports(tcp('a')).get('a') ?? 0;

describe('proxy ports', () => {
  it('follow from the name, in the range', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `default/s${i} tcp`);
    const found = ports(tcp(...names));
    expect(new Set(found.values()).size).toBe(names.length);
    expect([...found.values()].every((port = 0) => port >= 12000 && port <= 29999)).toBe(true);
    const alone = names.filter((name) => ports(tcp(name)).get(name) === found.get(name));
    // By chance 8% of them want a port that another has.
    expect(alone.length).toBeGreaterThan(2600);
    expect(ports(tcp(...names))).toEqual(found);
  });

  it('pass over a port that another program has, only for its protocol', () => {
    const at = (taken: string) => ports(tcp('a'), ALL, { taken: [taken], held: [] }).get('a');
    expect([at(`tcp ${WANTED}`), at(`udp ${WANTED}`)]).toEqual([WANTED + 1, WANTED]);
  });

  it('are kept by who has them, against a newcomer', () => {
    const found = ports(tcp('a', 'b'), ALL, { taken: [], held: [held('b', WANTED), held('a', 99)] });
    expect([found.get('b'), found.get('a')]).toEqual([WANTED, WANTED + 1]);
  });

  it('are given to others after those have gone, but at once where no other is left', () => {
    const beside = (size: number) =>
      ports(tcp('a'), range(WANTED, WANTED + size), { taken: [], held: [held('gone', WANTED)] }).get('a');
    expect([beside(1), beside(0)]).toEqual([WANTED + 1, WANTED]);
  });

  it('wrap around, and end', () => {
    const { left, of } = assignPorts({ wanted: tcp('a', 'b', 'c', 'd'), avoid: [] }, range(100, 103), {
      taken: ['tcp 101'],
      held: [],
    });
    expect(['a', 'b', 'c'].map(of).sort()).toEqual([100, 102, 103]);
    expect([of('d'), [...left]]).toEqual([undefined, ['d']]);
  });

  const names = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 8 }).map((list) => list.sort());
  const avoid = fc.uniqueArray(fc.constantFrom('tcp 100', 'tcp 103', 'udp 101'), { maxLength: 2 });

  it('are those of a new assignment after every change, or a change says that it is to be assigned anew', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ names, avoid }), { minLength: 2, maxLength: 8 }), (states) => {
        const [first, ...rest] = states.map((state) => ({ wanted: tcp(...state.names), avoid: state.avoid }));
        const known = { taken: ['tcp 102'], held: [] };
        let assigned = assignPorts(first ?? { wanted: [], avoid: [] }, range(100, 106), known);
        let before = first ?? { wanted: [], avoid: [] };
        for (const after of rest) {
          const had = before.wanted.flatMap(({ name }) => {
            const port = assigned.of(name);
            return port === undefined ? [] : [held(name, port)];
          });
          const fresh = assignPorts(after, range(100, 106), { ...known, held: had });
          const isDone = assigned.replace(before, after);
          if (!isDone) assigned = assignPorts(after, range(100, 106), { ...known, held: assigned.held() });
          expect(after.wanted.map(({ name }) => assigned.of(name))).toEqual(
            after.wanted.map(({ name }) => fresh.of(name)),
          );
          expect(assigned.left).toEqual(fresh.left);
          // What is held has the ports from before the change, and from after it.
          const now = assigned.held().map(({ name, port }) => `${name} ${port}`);
          if (isDone) expect(now).toEqual(expect.arrayContaining(had.map(({ name, port }) => `${name} ${port}`)));
          before = after;
        }
      }),
      { numRuns: often(200, 5000) },
    );
  });
});
