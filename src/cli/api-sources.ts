/**
 * cli: a cluster's objects → sources, as `kubectl get -o json` would print them, so that later steps read both alike.
 */
import { backendFor } from '../backends/index.js';
import type { Checked, Diagnostic, Source } from '../diag.js';
import type { Options } from '../options.js';
import { ApiError } from '../watch/request.js';
import { type Answered, readAll } from '../watch/snapshot.js';
import type { Connection } from './context.js';

/** What a command reads of a cluster. */
export interface Need {
  /** Kinds without which the command fails. */
  readonly kinds: readonly string[];
  /** Kinds that improve the answer. */
  readonly also?: readonly string[];
  /** Namespaces to read namespaced kinds from, if that is enough; absent means all. */
  readonly namespaces?: readonly string[];
}

/** How to read a cluster. */
export interface Asking {
  /** The namespace for objects that name none; objects of a cluster always name one. */
  readonly namespace?: string | undefined;
  /** Milliseconds; 0 means no limit. */
  readonly requestTimeout?: number | undefined;
}

/** All kinds that the rules of a proxy mode are compiled from. */
export function rulesNeed({ mode }: Pick<Options, 'mode'>): Need {
  return { kinds: ['Service', 'EndpointSlice', 'Node'], also: backendFor(mode)?.also ?? [] };
}

/** All that vipc has something to say about; Endpoints come only from files. */
export const EVERY_KIND: Need = {
  kinds: ['Service', 'EndpointSlice', 'Node'],
  also: [
    'Pod',
    'Namespace',
    'Ingress',
    'NetworkPolicy',
    'ServiceCIDR',
    'IPAddress',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
  ],
};

/** The default time limit for an answer. */
const ANSWER_MS = 30_000;

/** The longest delay of a timer. */
const FOR_EVER_MS = 2 ** 31 - 1;

/**
 * A source for each needed kind that the server lists. Rejects with a message for the user when the server does not
 * answer, or does not list a kind that must be there.
 */
export async function readCluster(
  connection: Connection,
  { kinds, also = [], namespaces }: Need,
  { namespace, requestTimeout = ANSWER_MS }: Asking,
): Promise<Checked<readonly Source[]>> {
  if (namespace !== undefined && !namespaces) {
    throw new Error('-n is for manifests that say no namespace; this command needs all namespaces of a cluster');
  }
  const wanted = [...kinds, ...also].map((kind) => ({ kind, ...(namespaces && { namespaces }) }));
  const options = { answerMs: requestTimeout === 0 ? FOR_EVER_MS : requestTimeout };
  const answers = await readAll(connection.client, wanted, options).catch((error: unknown) => {
    throw new Error(unanswered(connection, error));
  });
  const diagnostics = answers.flatMap((answer) => ('error' in answer ? [untold(connection, answer, kinds)] : []));
  const refused = diagnostics.find(({ severity }) => severity === 'error');
  if (refused) throw new Error([refused.message, ...(refused.hint ? [`  ${refused.hint}`] : [])].join('\n'));
  return {
    value: answers.flatMap((answer) => ('objects' in answer ? sourcesOf(connection, answer.objects) : [])),
    diagnostics,
  };
}

/** Most objects in one text: strings have a maximal length, and the parser should give its first result soon. */
const PER_SOURCE = 2000;

function sourcesOf({ name }: Connection, objects: readonly object[]): readonly Source[] {
  const sources: Source[] = [];
  for (let from = 0; from < objects.length || from === 0; from += PER_SOURCE) {
    const list = { apiVersion: 'v1', kind: 'List', items: objects.slice(from, from + PER_SOURCE) };
    sources.push({ name, text: JSON.stringify(list), api: true });
  }
  return sources;
}

/** Why a kind is missing; an error where the kind is needed. */
function untold(
  { name }: Connection,
  answer: Answered & { readonly error: ApiError },
  needed: readonly string[],
): Diagnostic {
  const { kind, namespaces, error } = answer;
  const kinds = `${kind}${kind.endsWith('s') ? 'es' : 's'}`;
  const reason = plain(error.message);
  if (needed.includes(kind)) {
    const hint = error.code === 403 && namespaces ? { hint: '-n looks in another namespace' } : {};
    return { code: 'not-listed', severity: 'error', message: `${name} does not list its ${kinds}: ${reason}`, ...hint };
  }
  if (error.code === 404)
    return { code: 'not-served', severity: 'note', message: `${name} has no ${kinds}: it does not serve them` };
  return {
    code: 'not-listed',
    severity: 'warning',
    message: `${name} does not list its ${kinds}, so information from them is missing: ${reason}`,
  };
}

/** System error codes in plain words. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
  ETIMEDOUT: 'no answer',
};

/** Why the server did not answer, in one sentence. */
function unanswered({ name, client }: Connection, error: unknown): string {
  const message = String((error as Error)?.message ?? error);
  const code = Object.keys(SYSTEM_ERRORS).find((each) => message.includes(each));
  const [, program] = /^spawn (\S+) ENOENT$/.exec(message) ?? [];
  const reason =
    program !== undefined
      ? `the kubeconfig wants credentials of ${plain(program)}, which is not there`
      : code === undefined
        ? plain(message)
        : SYSTEM_ERRORS[code];
  const hint =
    error instanceof ApiError && error.code === 401 ? ' (it does not accept the credentials of the kubeconfig)' : '';
  return `${name} at ${plain(client.server)} cannot be read: ${reason}${hint}`;
}

/** The longest message that is repeated. */
const MAX_MESSAGE = 300;

/** Text from outside as one line without terminal control characters. */
function plain(text: string): string {
  const safe = text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  return safe.length > MAX_MESSAGE ? `${safe.slice(0, MAX_MESSAGE)}…` : safe;
}
