/**
 * Laws of the compiler, for any snapshot.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Options } from './options.js';
import { compile, textOf } from './pipeline.js';
import { type ApiObject, hostileStrings, options, snapshots } from './testing/random/snapshots.js';
import { often } from './testing/run/extent.js';
import { render } from './text.js';

/** The artifacts of `objects` as one text. */
function compiled(objects: readonly ApiObject[], given: Options, layout?: string): string {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { value } = compile([{ name: 'cluster.json', text }], given, { skipInvalid: true, layout });
  return value.map((artifact) => `# ${artifact.name}\n${render(textOf(artifact))}`).join('');
}

function errors(objects: readonly ApiObject[], given: Options): readonly string[] {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { diagnostics } = compile([{ name: 'cluster.json', text }], given);
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
}

describe('any snapshot', () => {
  it('that an API server would accept compiles', () => {
    fc.assert(fc.property(snapshots, options, (objects, given) => expect(errors(objects, given)).toEqual([])));
  });

  it('compiles to the same text in whatever order its objects stand', () => {
    const shuffled = snapshots.chain((objects) =>
      fc.tuple(fc.constant(objects), fc.shuffledSubarray([...objects], { minLength: objects.length })),
    );
    fc.assert(
      fc.property(shuffled, options, ([objects, others], given) => {
        expect(compiled(others, given)).toBe(compiled(objects, given));
      }),
    );
  });

  it('jumps only to chains that there are, and has no chain twice', () => {
    fc.assert(
      fc.property(snapshots, options, (objects, given) => {
        const [filter = '', nat = ''] = compiled(objects, given).split('*nat\n');
        for (const table of [filter, nat.split('# ip6tables')[0] ?? '']) {
          const chains = [...table.matchAll(/^:(\S+)/gm)].map(([, name]) => name);
          const targets = [...table.matchAll(/ -j (KUBE-\S+)$/gm)].map(([, name]) => name);
          expect(new Set(chains).size).toBe(chains.length);
          expect(targets.filter((target) => !chains.includes(target))).toEqual([]);
        }
      }),
    );
  });
});

describe('any snapshot in ipvs mode', () => {
  const ipvs = options.map((given) => ({ ...given, mode: 'ipvs' }));

  it('names only sets that there are, and has no set or member twice', () => {
    fc.assert(
      fc.property(snapshots, ipvs, (objects, given) => {
        const text = compiled(objects, given);
        const created = [...text.matchAll(/^create (\S+)/gm)].map(([, name]) => name);
        const named = [...text.matchAll(/ --match-set (\S+)|^add (\S+)/gm)].map(([, rule, member]) => rule ?? member);
        const members = text.match(/^add .*/gm) ?? [];
        expect(created).toHaveLength(34);
        expect(new Set(created).size).toBe(created.length);
        expect(created.every((name) => (name?.length ?? 0) <= 31)).toBe(true);
        expect(named.filter((name) => !created.includes(name))).toEqual([]);
        expect(new Set(members).size).toBe(members.length);
      }),
    );
  });

  it('has each virtual server once, and its real servers after it', () => {
    fc.assert(
      fc.property(snapshots, ipvs, (objects, given) => {
        const lines = compiled(objects, given).match(/^-[Aa] -.*/gm) ?? [];
        const servers = lines.filter((line) => line.startsWith('-A')).map(service);
        expect(new Set(servers).size).toBe(servers.length);
        expect(new Set(lines).size).toBe(lines.length);
        let current = '';
        for (const line of lines) {
          if (line.startsWith('-A')) current = service(line);
          else expect(service(line)).toBe(current);
        }
      }),
    );
  });

  it('puts on the dummy device just what KUBE-IPVS-IPS guards, and serves all of it', () => {
    fc.assert(
      fc.property(snapshots, ipvs, (objects, given) => {
        const text = compiled(objects, given);
        const bound = [...text.matchAll(/^address add (\S+)\/(?:32|128) /gm)].map(([, ip]) => ip);
        const guarded = [...text.matchAll(/^add KUBE-(?:6-)?IPVS-IPS (\S+)/gm)].map(([, ip]) => ip);
        expect(bound).toEqual(guarded);
        for (const ip of bound) expect(text).toMatch(new RegExp(`^-A \\S+ \\[?${ip}\\]?:\\d+ -s`, 'm'));
      }),
    );
  });
});

describe.each(['kube-proxy', 'fast'])('any snapshot in nftables mode, layout %s', (layout) => {
  const nftables = options.map((given) => ({ ...given, mode: 'nftables' }));

  it('leads only to chains and sets that there are, and has no block and no element twice', () => {
    fc.assert(
      fc.property(snapshots, nftables, (objects, given) => {
        for (const table of compiled(objects, given, layout)
          .split(/^delete table /m)
          .slice(1)) {
          const names = [...table.matchAll(/^\t(?:chain|set|map) (\S+) \{$/gm)].map(([, name]) => name);
          const named = [...table.matchAll(/ (?:jump|goto) ([^\s,]+)| @([^\s,":]+)/g)].map(([, a, b]) => a ?? b);
          const keys = [...table.matchAll(/^\t(?:set|map) (\S+)|^\t{3}([^:,]+?)(?= comment | : goto| : drop|,$)/gm)];
          let set = '';
          const placed = keys.map(([, opened, key]) => {
            set = opened ?? set;
            return `${set} ${key}`;
          });
          expect(new Set(names).size).toBe(names.length);
          expect(named.filter((name) => !NO_BLOCK.test(name ?? '') && !names.includes(name))).toEqual([]);
          expect(new Set(placed).size).toBe(placed.length);
          expect(names.filter((name = '') => name.length > 255)).toEqual([]);
        }
      }),
    );
  });
});

/** Of the comment of the reject chain. */
const NO_BLOCK = /^no-endpoint-(?:services|nodeports)$/;

/** `-t 10.0.0.1:80` of an ipvsadm line. */
function service(line: string): string {
  return line.split(' ').slice(1, 3).join(' ');
}

/** The paths of all strings in an object. */
function stringPaths(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => stringPaths(child, [...path, key]));
}

function replaceAt(object: ApiObject, path: readonly string[], value: unknown): ApiObject {
  const copy = structuredClone(object);
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  parent[path.at(-1) ?? ''] = value;
  return copy;
}

/** Without Nodes: some of their texts, such as the type of an address, may be any text and are never printed. */
function isVictim({ kind }: ApiObject): boolean {
  return kind !== 'Node';
}

describe('a hostile string', () => {
  /** Fields that may be any text, which is never printed. */
  const FREE_TEXT = /^metadata\.annotations\./;

  const attacks = snapshots
    .filter((objects) => objects.some(isVictim))
    .chain((objects) =>
      fc.record({
        objects: fc.constant(objects),
        victim: fc.constantFrom(...objects.filter(isVictim)),
        hostile: hostileStrings,
        at: fc.nat(),
      }),
    );

  it('is an error, and changes no rule of anyone else', () => {
    fc.assert(
      fc.property(attacks, options, ({ objects, victim, hostile, at }, given) => {
        const paths = stringPaths(victim);
        const path = paths[at % paths.length] ?? [];
        const attacked = objects.map((object) => (object === victim ? replaceAt(object, path, hostile) : object));
        if (FREE_TEXT.test(path.join('.'))) {
          expect(errors(attacked, given)).toEqual([]);
          expect(compiled(attacked, given)).toBe(compiled(objects, given));
        } else {
          const others = objects.filter((object) => object !== victim);
          if (path.join('.') !== 'kind' && path.join('.') !== 'apiVersion')
            expect(errors(attacked, given)).not.toEqual([]);
          expect(compiled(attacked, given)).toBe(compiled(others, given));
        }
      }),
      { numRuns: often(50, 250) },
    );
  });
});
