/**
 * Rules × uses → violations of the rules, as lines of text.
 */
import type { Rule } from './rule.js';
import { ALL, EVERY_TEST, TESTS } from './test-rules.js';
import type { Use } from './uses.js';

/** The uses of each file, by its path below the root of the repository. */
export type Files = ReadonlyMap<string, readonly Use[]>;

/** The name of a file or a use in the notation of rules. */
function placed(path: string): string {
  if (path.startsWith('src/')) return path.slice('src/'.length);
  return /^(?:npm|node|global):|^computed$/.test(path) ? path : `../${path}`;
}

function isTest(name: string): boolean {
  return name.endsWith('.test.ts');
}

/** The rule with the longest matching place. */
function ruleFor(name: string, rules: readonly Rule[] = ALL): Rule | undefined {
  return rules.filter(({ place }) => fits(name, place)).sort((a, b) => b.place.length - a.place.length)[0];
}

function fits(name: string, place: string): boolean {
  return place.endsWith('/') ? name.startsWith(place) : name === place;
}

/** Whether `permission` covers `use`. */
function covers(permission: string, { name, parts }: Use): boolean {
  const [scheme, rest = ''] = permission.split(':');
  if (rest === '*') return name.startsWith(`${scheme}:`);
  const [module, part] = permission.split('.');
  if (scheme === 'node' && part !== undefined) return name === module && (parts ?? ['']).every((each) => each === part);
  return fits(placed(name), permission);
}

/** The permitted imports of a file. */
function permitted(name: string): readonly string[] | undefined {
  const rule = ruleFor(isTest(name) ? tested(name) : name);
  if (!isTest(name)) return rule && [...(rule.place.endsWith('/') ? [rule.place] : []), ...rule.imports, ...rule.world];
  const also = Object.entries(TESTS).filter(([place]) => fits(name, place));
  if (!rule && also.length === 0) return undefined;
  const own = /^(?:.*\/)?/.exec(name)?.[0] || tested(name);
  return [
    own,
    ...(rule ? [rule.place, ...rule.imports, ...rule.world] : []),
    ...EVERY_TEST,
    ...also.flatMap(([, more]) => more),
  ];
}

/** The file that a test is named after. */
function tested(name: string): string {
  return name.replace(/(?:\.[a-z]+)*\.test\.ts$/, '.ts');
}

/** Imports that no rule permits, and files without a rule. */
export function forbidden(files: Files): readonly string[] {
  return [...files].flatMap(([path, uses]) => {
    const allowed = permitted(placed(path));
    if (!allowed) return [`${path} has no rule`];
    const wrong = uses.filter((use) => !allowed.some((permission) => covers(permission, use)));
    return [
      ...new Set(
        wrong.map(
          ({ name, parts }) =>
            `${path} may not import ${name}${parts && /^node:/.test(name) ? ` (${parts.join(', ')})` : ''}`,
        ),
      ),
    ];
  });
}

/** Permissions that no file uses, and places without files. */
export function idle(files: Files, rules: readonly Rule[]): readonly string[] {
  const all = [...files].map(([path, uses]) => ({ name: placed(path), uses })).filter(({ name }) => !isTest(name));
  return rules.flatMap((rule) => {
    const own = all.filter(({ name }) => ruleFor(name, ALL) === rule);
    if (own.length === 0) return [`${rule.place} has a rule and no file`];
    const permissions = [...rule.imports, ...rule.world].filter((permission) => !permission.endsWith(':*'));
    return permissions
      .filter((permission) => !own.some(({ uses }) => uses.some((use) => covers(permission, use))))
      .map((permission) => `${rule.place} imports nothing of ${permission}`);
  });
}

/** Imports of impure places by pure ones. */
export function impure(files: Files, rules: readonly Rule[]): readonly string[] {
  const isPure = (name: string) => (ruleFor(name)?.world ?? []).length === 0;
  const wrong: string[] = [];
  for (const [path, uses] of files) {
    const name = placed(path);
    const rule = ruleFor(name, rules);
    if (isTest(name) || !rule || !isPure(name)) continue;
    const ours = uses.filter(({ isType, name: used }) => !isType && used.startsWith('src/') && !isPure(placed(used)));
    wrong.push(...ours.map((use) => `${path} is pure, and ${use.name} is not`));
  }
  return wrong;
}

/** Imports of another file's part: only `x.ts`, `x/` and tests beside them may import `x/part.ts`. */
export function behindDoors(files: Files): readonly string[] {
  const names = new Set([...files.keys()]);
  const doorOf = (path: string) => {
    const folders = path.split('/').slice(0, -1);
    return folders.map((_, i) => folders.slice(0, i + 1).join('/')).filter((folder) => names.has(`${folder}.ts`));
  };
  return [...files].flatMap(([path, uses]) =>
    uses.flatMap(({ name }) =>
      doorOf(name)
        .filter((folder) => path !== `${folder}.ts` && !path.startsWith(`${folder}/`))
        .filter((folder) => !(isTest(path) && path.startsWith(folder.replace(/[^/]+$/, ''))))
        .map((folder) => `${path} imports ${name}, a part of ${folder}.ts`),
    ),
  );
}

/** The ways from programs in `folder`, which run by themselves, to what only a test runner can load. */
export function runnerBound(files: Files, folder: string, runner: string): readonly string[] {
  const wrong: string[] = [];
  for (const start of files.keys()) {
    if (!start.startsWith(folder)) continue;
    const ways = new Map([[start, start]]);
    // A map that grows while it is walked is walked to its end.
    for (const [path, way] of ways)
      for (const { name, isType } of files.get(path) ?? []) {
        if (isType || ways.has(name)) continue;
        ways.set(name, `${way} > ${name}`);
        if (name === runner) wrong.push(`${way} > ${name}`);
      }
  }
  return wrong;
}

/** Cycles among files. */
export function fileCircles(files: Files): readonly string[] {
  const edges = [...files].flatMap(([path, uses]) => uses.map(({ name }) => [path, name] as const));
  return circles(edges.filter(([, to]) => files.has(to)));
}

/** Cycles among the steps, and in each folder among its subfolders. Tests and testing code are no steps. */
export function folderCircles(files: Files): readonly string[] {
  const edges: (readonly [string, string])[] = [];
  for (const [path, uses] of files) {
    if (isTest(path) || !path.startsWith('src/') || path.startsWith('src/testing/')) continue;
    for (const { name } of uses.filter((use) => use.name.startsWith('src/'))) {
      const [from = [], to = []] = [path, name].map((each) => each.split('/'));
      const at = from.findIndex((part, i) => part !== to[i]);
      // A file beside a folder counts as a step in src only; deeper, files and folders of one step may need each other.
      const areFolders = from.length > at + 1 && to.length > at + 1;
      if (at >= 0 && (at === 1 || areFolders) && stepOf(from, at) !== stepOf(to, at))
        edges.push([stepOf(from, at), stepOf(to, at)]);
    }
  }
  return circles(edges);
}

/** `x.ts` and `x/` are one step. */
function stepOf(path: readonly string[], at: number): string {
  return path
    .slice(0, at + 1)
    .join('/')
    .replace(/\.ts$/, '');
}

/** The cycles of a graph: each set of nodes that lead to each other, sorted. */
export function circles(edges: readonly (readonly [string, string])[]): readonly string[] {
  const next = new Map<string, Set<string>>();
  for (const [from, to] of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reach = (start: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const todo = [...(next.get(start) ?? [])];
    for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      todo.push(...(next.get(node) ?? []));
    }
    return seen;
  };
  const reached = new Map([...next.keys()].map((node) => [node, reach(node)]));
  const groups = [...reached]
    .filter(([node, others]) => others.has(node))
    .map(([node, others]) =>
      [...others]
        .filter((other) => reached.get(other)?.has(node))
        .sort()
        .join(' ↔ '),
    );
  return [...new Set(groups)];
}
