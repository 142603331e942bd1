/**
 * read, part: files among the manifests that are the input of kustomize or Helm, recognised by content or name. In: a
 * document. Out: a message, and the command that makes manifests of it.
 */
import { showPath } from '../diag.js';
import { isMapping } from './check.js';

/** The message about a foreign document, and the command to use instead. */
export interface Foreign {
  readonly message: string;
  readonly hint: string;
}

/** The message about `value`, a document of the source `name`; undefined when it belongs to neither tool. */
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

/** The directory is a Helm chart: its templates are not manifests yet. */
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

/** Fields that make an object without a kind a kustomization: lists of file names, and lists of patches. */
const FILES = ['resources', 'bases', 'components', 'generators', 'patchesStrategicMerge'];
const PATCHES = ['patches', 'patchesJson6902'];

function isKustomization(value: Readonly<Record<string, unknown>>, file: string): boolean {
  const { apiVersion, kind } = value;
  if (isGiven(kind)) return String(apiVersion).startsWith('kustomize.config.k8s.io/');
  return (
    /^kustomization(\.ya?ml)?$/i.test(file) || hasFiles(value) || PATCHES.some((field) => Array.isArray(value[field]))
  );
}

function hasFiles(value: Readonly<Record<string, unknown>>): boolean {
  return FILES.some((field) => {
    const list = value[field];
    return Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === 'string');
  });
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The directory as a shell word; `DIR` for standard input and for names that would need quotes. */
function directoryOf(name: string): string {
  if (!/^[\w./@+-]+$/.test(name)) return 'DIR';
  return name.includes('/') ? name.slice(0, name.lastIndexOf('/')) || '/' : '.';
}
