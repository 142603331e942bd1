/**
 * The modules and globals that a source file uses. In: its text. Out: a use for each module that it imports in any way,
 * and for each global that is a clock, randomness, a process or a connection.
 */
import { dirname, join, normalize } from 'node:path';
import { type SyntaxNode, syntaxOf, walk } from './syntax.js';

export interface Use {
  /** `src/ip.ts`, `npm:diff`, `node:fs`, or `global:Date.now`. */
  readonly name: string;
  /** The names that are imported; absent when everything is, or it is unknown. */
  readonly parts?: readonly string[];
  /** Only types are used, which do not exist at run time. */
  readonly isType: boolean;
}

/** All uses of the file at `path`, a path below the root of the repository. */
export function usesIn(path: string, text: string): readonly Use[] {
  const { root } = syntaxOf(path, text);
  const uses: Use[] = [];
  const requires = new Set<unknown>(['require']);
  const module = (specifier: unknown, isType: boolean, parts?: readonly string[]) => {
    uses.push({ name: nameOf(path, specifier), isType, ...(parts && { parts }) });
  };
  const program = (url: unknown) => {
    if (typeof url !== 'string' || !/^[\w./-]+\.[cm]?[jt]s$/.test(url)) return;
    module(url.startsWith('.') ? url : `./${url}`, false);
  };
  walk(root, (node, parents) => {
    const at = (field: string) => node[field] as SyntaxNode | undefined;
    const first = (node['arguments'] as readonly { readonly expression: SyntaxNode }[] | undefined)?.[0]?.expression;
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        if (at('source')) module(literal(at('source')), isTypeOnly(node), partsOf(node) ?? membersOf(node, root));
        break;
      case 'TsImportType':
        module(literal(at('argument')), true);
        break;
      case 'TsExternalModuleReference':
        module(literal(at('expression')), false);
        break;
      case 'VariableDeclarator':
        if (isCallOf(at('init'), 'createRequire')) requires.add(at('id')?.['value']);
        break;
      case 'CallExpression':
        if (at('callee')?.type === 'Import' || isRequire(at('callee'), requires)) module(literal(first), false);
        break;
      case 'NewExpression':
        // new Worker(new URL('x', import.meta.url)), and URLs of other programs of this repository.
        if (at('callee')?.['value'] === 'URL') program(literal(first));
        break;
    }
    const used = globalOf(node, parents);
    if (used !== undefined) uses.push({ name: `global:${used}`, isType: false });
  });
  return uses;
}

/** A module that the text does not tell; it may be any. */
const UNKNOWN = 'computed';

function nameOf(path: string, specifier: unknown): string {
  if (typeof specifier !== 'string') return UNKNOWN;
  if (specifier.startsWith('.')) return ours(normalize(join(dirname(path), specifier)));
  if (specifier.startsWith('node:')) return `node:${packageOf(specifier.slice(5))}`;
  return `npm:${packageOf(specifier)}`;
}

/** The source of a built file, wherever the build puts it. */
function ours(path: string): string {
  const source = path.replace(/^(?:\.\.\/)+/, '').replace(/^dist\//, 'src/');
  return source.startsWith('src/') || source.startsWith('bench/') ? source.replace(/\.js(x?)$/, '.ts$1') : source;
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The text of a literal, or of a template without holes. */
function literal(node: SyntaxNode | undefined): unknown {
  if (node?.type === 'StringLiteral') return node['value'];
  const quasis = node?.type === 'TemplateLiteral' ? (node['quasis'] as readonly SyntaxNode[]) : [];
  return quasis.length === 1 ? quasis[0]?.['cooked'] : undefined;
}

function isTypeOnly(node: SyntaxNode): boolean {
  const specifiers = (node['specifiers'] ?? []) as readonly { readonly isTypeOnly?: boolean }[];
  return node['typeOnly'] === true || (specifiers.length > 0 && specifiers.every(({ isTypeOnly }) => isTypeOnly));
}

interface Specifier {
  readonly type: string;
  readonly local?: { readonly value: string };
  readonly imported?: { readonly value: string } | null;
  readonly orig?: { readonly value: string };
}

function partsOf(node: SyntaxNode): readonly string[] | undefined {
  const specifiers = node['specifiers'] as readonly Specifier[] | undefined;
  if (!specifiers?.every(({ type }) => type === 'ImportSpecifier' || type === 'ExportSpecifier')) return undefined;
  return specifiers.map(({ local, imported, orig }) => (imported ?? orig ?? local)?.value ?? UNKNOWN);
}

/** The members of an imported namespace, if the file uses it only through members. */
function membersOf(node: SyntaxNode, root: SyntaxNode): readonly string[] | undefined {
  const [only, another] = (node['specifiers'] ?? []) as readonly Specifier[];
  if (only?.type !== 'ImportNamespaceSpecifier' || another) return undefined;
  const members = new Set<string>();
  let handedOn = false;
  walk(root, (each, parents) => {
    if (each.type !== 'Identifier' || each['value'] !== only.local?.value) return;
    const parent = parents.at(-1);
    if (parent?.type === 'ImportNamespaceSpecifier') return;
    const property = parent?.type === 'MemberExpression' ? (parent['property'] as SyntaxNode) : undefined;
    if (property?.type === 'Identifier' && parent?.['object'] === each) members.add(String(property['value']));
    else handedOn = true;
  });
  return handedOn ? undefined : [...members];
}

function isCallOf(node: SyntaxNode | undefined, name: string): boolean {
  const callee = node?.['callee'] as SyntaxNode | undefined;
  return node?.type === 'CallExpression' && callee?.['value'] === name;
}

/** `require(…)`, `require.resolve(…)`, and both on the result of createRequire, named or not. */
function isRequire(callee: SyntaxNode | undefined, requires: ReadonlySet<unknown>): boolean {
  if (callee?.type === 'MemberExpression') {
    const property = callee['property'] as SyntaxNode;
    return property['value'] === 'resolve' && isRequire(callee['object'] as SyntaxNode, requires);
  }
  if (isCallOf(callee, 'createRequire')) return true;
  return callee?.type === 'Identifier' && requires.has(callee['value']);
}

/** Globals that are nondeterministic; with a dot, only that member is. */
const WORLD = [
  'process',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'WebSocket',
  'crypto',
  'console',
  'navigator',
  'globalThis',
  'global',
  'Intl',
  'Date.now',
  'Math.random',
  'AbortSignal.timeout',
  'Date()',
];

/** swc's mark for a name that the file does not bind. */
const UNBOUND = 1;

/** The global of WORLD that a node uses. */
function globalOf(node: SyntaxNode, parents: readonly SyntaxNode[]): string | undefined {
  if (node.type !== 'Identifier' || node['ctxt'] !== UNBOUND) return undefined;
  const parent = parents.at(-1);
  if (!parent || parents.some(({ type }) => TYPES.has(type))) return undefined;
  const name = String(node['value']);
  if (WORLD.includes(name)) return name;
  if (parent.type === 'MemberExpression' && parent['object'] === node) {
    const property = parent['property'] as SyntaxNode;
    const member = property.type === 'Computed' ? literal(property['expression'] as SyntaxNode) : property['value'];
    const full = `${name}.${String(member)}`;
    // A computed member may be any of them.
    return WORLD.find((each) => each === full || (member === undefined && each.startsWith(`${name}.`)));
  }
  if (name !== 'Date') return WORLD.find((each) => each.startsWith(`${name}.`));
  if (parent.type === 'BinaryExpression' && parent['operator'] === 'instanceof') return undefined;
  // new Date(x) is no clock; new Date() and Date() are the current time.
  const given = (parent['arguments'] ?? []) as readonly unknown[];
  return parent.type === 'NewExpression' && parent['callee'] === node && given.length > 0 ? undefined : 'Date()';
}

/** Syntax in which names are types. */
const TYPES = new Set([
  'TsTypeAnnotation',
  'TsTypeReference',
  'TsTypeQuery',
  'TsTypeAliasDeclaration',
  'TsInterfaceDeclaration',
  'TsTypeParameterInstantiation',
]);
