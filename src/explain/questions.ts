/**
 * explain: the questions of kubernetes.io/docs/tasks/debug/debug-application/debug-service ("Debug Services"), in its
 * order, as far as the input or a live node answers them.
 */
import { hasSelector, isHeadless } from '../read/types.js';
import { isOurs } from '../resolve/resolve.js';
import { type About, count, isAlive, labelText, some } from './about.js';
import type { Answer, Explanation, Finding, Matrix, OnLiveNode } from './types.js';

type Known = Pick<Explanation, 'findings' | 'matrices' | 'names'> & { readonly live: OnLiveNode | undefined };

export function questionsOf(about: About, known: Known): readonly Answer[] {
  const answer = (question: string, answer: Answer['answer'], text: string): Answer => ({ question, answer, text });
  const { service, key } = about;
  const { spec, metadata } = service;
  return [
    answer('Does the Service exist?', 'yes', `${spec.type} ${metadata.name} in namespace ${metadata.namespace}`),
    ask('Any NetworkPolicy affecting the target Pods?', policies(about, known)),
    ask('Does the Service work by DNS name?', names(about, known)),
    ask('Does the Service work by IP?', byIp(about, known)),
    ask('Is the Service defined correctly?', definition(about, known)),
    ask('Does the Service have any EndpointSlices?', slices(about)),
    ask('Are the Pods working?', pods(about)),
    ask('Is kube-proxy working?', proxy(about, known)),
    ask('Can a Pod reach itself by the Service IP?', hairpin(known.matrices, key)),
  ];
}

type Said = readonly [Answer['answer'], string];

function ask(question: string, [answer, text]: Said): Answer {
  return { question, answer, text };
}

function saidOf(findings: readonly Finding[], codes: readonly string[]): Finding | undefined {
  return findings.find(({ code }) => codes.includes(code));
}

function policies({ snapshot }: About, { findings }: Known): Said {
  const found = saidOf(findings, ['network-policy']);
  if (found) return ['yes', found.message];
  return snapshot.policies.length > 0 ? ['no', 'none selects them'] : ['unknown', 'the input has no NetworkPolicy'];
}

function names({ service }: About, { names }: Known): Said {
  const [first] = names;
  if (!first) return ['no', 'no DNS name leads anywhere: it has no address'];
  const kind = isHeadless(service) ? 'the ready endpoints' : first.leadsTo;
  return ['yes', `${first.name} leads to ${kind}`];
}

function byIp({ service }: About, { matrices }: Known): Said {
  if (isHeadless(service) || service.spec.type === 'ExternalName') return ['does not apply', 'it has no virtual IP'];
  const cells = matrices.flatMap(({ cells, port }) =>
    cells
      .filter(({ address, client }) => address.startsWith('cluster IP') && /^pod|^this node/.test(client))
      .map((cell) => ({ ...cell, port })),
  );
  if (cells.length === 0) return ['no', 'there are no rules for it'];
  const bad = cells.filter(({ gets }) => gets !== 'endpoints');
  if (bad.length === 0) return ['yes', 'its pods and nodes are led to endpoints'];
  const isOfSome = bad.length < cells.length && new Set(cells.map(({ port }) => port)).size > 1;
  const text = some(bad.map(({ client, gets, port }) => `${isOfSome ? `port ${port}, ` : ''}${client}: ${gets}`));
  return [bad.length === cells.length ? 'no' : 'in part', text];
}

const DEFINITION = [
  'target-port-name',
  'target-port-number',
  'protocol',
  'port-name',
  'no-ports',
  'headless',
  'external-name',
  'target-port-numbers',
];

function definition({ service }: About, { findings }: Known): Said {
  const found = saidOf(findings, DEFINITION);
  if (found) return [found.severity === 'problem' ? 'no' : 'in part', found.message];
  const ports = service.spec.ports.map(
    ({ port, protocol, targetPort }) => `${port}/${protocol} leads to ${targetPort}`,
  );
  return ['yes', ports.length === 0 ? 'it has no ports' : some(ports)];
}

function slices({ service, slices, endpoints }: About): Said {
  if (service.spec.type === 'ExternalName') return ['does not apply', 'DNS leads elsewhere'];
  const made = slices.some(({ synthetic }) => synthetic !== undefined) ? ', made here of pods' : '';
  const selector = hasSelector(service) ? `selector ${labelText(service.spec.selector)}` : 'no selector';
  if (endpoints.length === 0)
    return ['no', `${selector}; ${slices.length === 0 ? 'no slice' : 'its slices are empty'}`];
  return ['yes', `${count(slices.length, 'slice')}, ${count(endpoints.length, 'endpoint')}${made} (${selector})`];
}

function pods({ selected, snapshot, endpoints }: About): Said {
  const ready = endpoints.filter((each) => each.ready).length;
  if (snapshot.pods.length === 0) {
    if (endpoints.length === 0) return ['unknown', 'the input has no pods'];
    const part = ready === 0 ? 'no' : ready < endpoints.length ? 'in part' : 'yes';
    return [part, `${ready} of ${count(endpoints.length, 'endpoint')} ready; the input has no pods`];
  }
  const alive = selected.filter(isAlive);
  if (alive.length === 0) return ['no', 'the selector finds none'];
  const fit = alive.filter(({ status, terminating }) => status.ready && !terminating).length;
  return [fit === 0 ? 'no' : fit < alive.length ? 'in part' : 'yes', `${fit} of ${count(alive.length, 'pod')} ready`];
}

function proxy(about: About, { live }: Known): Said {
  if (!isOurs(about.service)) return ['does not apply', 'its label leaves it to another proxy'];
  if (!live) return ['unknown', 'ask a node: --live'];
  if (live.different === 0 && live.stopped.length === 0)
    return ['yes', `the rules of ${live.node} are as they should be`];
  if (live.different > 0) return ['no', `${count(live.different, 'line')} of ${live.node} differ`];
  return ['in part', `the rules are right, but others stop packets: ${live.stopped[0]?.rule}`];
}

function hairpin(matrices: readonly Matrix[], key: string): Said {
  const cells = matrices.flatMap(({ cells }) => cells.filter(({ client }) => client === 'an endpoint, to itself'));
  if (cells.length === 0) return ['unknown', `no endpoint of ${key} is known to be on a node`];
  const bad = cells.filter(({ gets, address }) => gets !== 'endpoints' && address.startsWith('cluster IP'));
  if (bad.length > 0) return ['no', some(bad.map(({ gets }) => gets))];
  return ['yes', 'its address is masqueraded then; the bridge must send it back (hairpin mode)'];
}
