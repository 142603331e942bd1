/**
 * read, part: files that stand among manifests and are the input of another tool, by what they hold or how they are
 * called. In: a document without a kind of its own. Out: what it is, and the command that makes manifests of it.
 */
import { showPath } from '../diag.js';
import { isMapping } from './check.js';

/** What a document is, and what to do instead of reading it. */
export interface Foreign {
  readonly message: string;
  readonly hint: string;
}

/** What `value`, a document of the source called `name`, is to kustomize or Helm. */
export function foreignTo(value: unknown, name: string): Foreign | undefined {
  if (!isMapping(value)) return undefined;
  const file = name.slice(name.lastIndexOf('/') + 1);
  const directory = directoryOf(name);
  if (isKustomization(value, file)) return kustomization(directory);
  if (isGiven(value['kind'])) return undefined;
  if (file === 'Chart.yaml') return chart(`this describes a Helm chart`, directory);
  const isValues = /^values.*\.ya?ml$/.test(file) && !isGiven(value['apiVersion']);
  return isValues ? chart('these are the values of a Helm chart', directory) : undefined;
}

/** A directory that is a Helm chart: what is in it is no manifest yet. */
export function chartAt(directory: string): Foreign {
  return chart(`${showPath(directory)} is a Helm chart`, directory);
}

function chart(what: string, directory: string): Foreign {
  return { message: `${what}, which is not rendered here: left out`, hint: `helm template ${directory} | vipc …` };
}

function kustomization(directory: string): Foreign {
  const message = 'this is a kustomization, which is not built here: files are read as they are, without its changes';
  return { message, hint: `kubectl kustomize ${directory} | vipc …` };
}

/** Fields of a kustomization that are lists, and together with no kind belong to nothing else. */
const FIELDS = [
  'resources',
  'bases',
  'components',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'generators',
];

function isKustomization(value: Readonly<Record<string, unknown>>, file: string): boolean {
  const { apiVersion, kind } = value;
  if (isGiven(kind)) return String(apiVersion).startsWith('kustomize.config.k8s.io/');
  return /^kustomization(\.ya?ml)?$/i.test(file) || FIELDS.some((field) => Array.isArray(value[field]));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** As a shell takes it; what it would not take as one word, and standard input, is said in general. */
function directoryOf(name: string): string {
  if (!/^[\w./@+-]+$/.test(name)) return 'DIR';
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) || '/' : '.';
}
