/**
 * cli: the nodes of a command: one, chosen by the options, or several with `--node A --node B` or `--all-nodes`. In:
 * paths, flags. Out: the artifacts for each node.
 */
import { join } from 'node:path';
import { type Checked, type Diagnostic, hasErrors } from '../diag.js';
import { compileClustersNodes, compileNodes, type ForNode, forNode, type Nodes } from '../nodes.js';
import type { Options } from '../options.js';
import {
  type Artifact,
  type Compiled,
  compileClusters,
  compileState,
  type How,
  RESOLVED_FILE,
  textOf,
} from '../pipeline.js';
import { DNS1123_SUBDOMAIN } from '../read/names.js';
import type { Snapshot } from '../read/types.js';
import { chooseNode } from '../resolve/node.js';
import { parseResolved } from '../resolve/print.js';
import { render } from '../text.js';
import { rulesNeed } from './api-sources.js';
import { type ClustersFlags, loadClusters } from './clusters.js';
import type { Input, InputFlags } from './input.js';
import type { Io } from './io.js';
import type { OptionFlags } from './options.js';

export interface NodesFlags {
  readonly node?: readonly string[];
  readonly allNodes?: boolean;
}

/** Option flags with at most one node. */
export function withoutNodes<F extends NodesFlags>(flags: F): Omit<F, keyof NodesFlags> & Pick<OptionFlags, 'node'> {
  const { node, allNodes: _, ...others } = flags;
  const [only, another] = node ?? [];
  return only !== undefined && another === undefined ? { ...others, node: only } : others;
}

/** Several nodes, or undefined for the one that the options choose. An invalid name of a Node is an Error. */
export function severalNodes({ node = [], allNodes = false }: NodesFlags): Nodes | undefined {
  if (allNodes && node.length > 0) throw new Error('use either --node or --all-nodes, not both');
  if (allNodes) return 'all';
  if (node.length < 2) return undefined;
  // Each node has a folder named after it.
  const wrong = node.find((name) => !DNS1123_SUBDOMAIN.matches(name));
  if (wrong !== undefined) throw new Error(`--node: a Node can’t be called ${JSON.stringify(wrong.slice(0, 60))}`);
  return node;
}

/** Warnings about names of nodes that are not in the input, for commands that do not report what compiling says. */
export function unknownNodes(
  { nodes }: Snapshot,
  options: Options,
  names: readonly string[] = [options.nodeName],
): readonly Diagnostic[] {
  return names
    .filter((nodeName) => nodeName !== '')
    .flatMap((nodeName) => chooseNode(nodes, { ...options, nodeName }).diagnostics)
    .filter(({ code }) => code === 'unknown-node');
}

/** The artifacts for the nodes. */
export interface CompiledNodes {
  /** Whether a file could not be read. */
  readonly unreadable: boolean;
  readonly compiled: Checked<readonly ForNode[]>;
}

/** Compiles `input` for the node or nodes of `flags`. */
export async function compileInput(
  input: Input,
  flags: NodesFlags,
  options: Options,
  how: How,
): Promise<CompiledNodes> {
  const nodes = severalNodes(flags);
  const sources = await input.read(rulesNeed(options));
  const compiled = after(sources, (found) =>
    nodes ? compileNodes(found, options, how, nodes) : alone(compileState(found, options, how)),
  );
  return { unreadable: hasErrors(sources.diagnostics), compiled };
}

/** Compiles each `--cluster` separately, then the Services they share. */
export async function compileEach(
  paths: readonly string[],
  flags: ClustersFlags & NodesFlags & InputFlags,
  options: Options,
  how: How,
  io: Io,
): Promise<CompiledNodes> {
  const nodes = severalNodes(flags);
  const { unreadable, clusters } = await loadClusters(paths, flags, how, io);
  const compiled = after(clusters, (found) =>
    nodes ? compileClustersNodes(found, options, how, nodes) : alone(compileClusters(found, options, how)),
  );
  return { unreadable, compiled };
}

/** `next` of the value that was read, with the diagnostics of both; nothing when it could not be read. */
function after<T, R>(read: Checked<T>, next: (value: T) => Checked<readonly R[]>): Checked<readonly R[]> {
  if (hasErrors(read.diagnostics)) return { value: [], diagnostics: read.diagnostics };
  const { value, diagnostics } = next(read.value);
  return { value, diagnostics: [...read.diagnostics, ...diagnostics] };
}

/** One node, chosen by the options: it is called what its table says. */
function alone({ value, diagnostics }: Checked<Compiled | undefined>): Checked<readonly ForNode[]> {
  return { value: hasErrors(diagnostics) ? [] : [forNode('', () => value)], diagnostics };
}

/** The name of a compiled node: from the flags, or from its table. */
export function nameOf({ node }: ForNode, artifacts: readonly Artifact[]): string {
  if (node !== '') return node;
  const table = artifacts.find(({ name }) => name === RESOLVED_FILE);
  const [first] = table ? parseResolved(render(textOf({ ...table, parts: table.parts.slice(0, 1) }))) : [];
  return first?.node ?? '';
}

/** The folder in `directory` for a node's files; each of several nodes has its own. */
export function folderOf(directory: string, { node }: ForNode): string {
  return node === '' ? directory : join(directory, node);
}
