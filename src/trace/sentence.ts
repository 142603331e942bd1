/**
 * sentence: outcomes → the verdict in one sentence, and notes on the reasons that follow from the Service.
 */
import { contains, joinHostPort } from '../ip.js';
import { plus, ZERO } from '../packet/fraction.js';
import { briefly } from '../packet/nft/brief.js';
import type { Verdict } from '../packet/verdict.js';
import type { Source } from './sender.js';
import { shareText } from './share.js';
import type { Asked, Trace, TracedOutcome } from './types.js';

/** The parts of a trace that the sentence and the notes are made from. */
export interface Told extends Pick<Trace, 'outcomes' | 'depends' | 'asked' | 'to'> {
  readonly from: Source;
  readonly isAsked: boolean;
}

/** `reaches one of 3 endpoints, source address kept` */
export function sentenceOf(told: Told): string {
  const verdicts = [...new Set(told.outcomes.map(({ verdict }) => verdict))];
  const parts = verdicts.map((verdict) => {
    const own = told.outcomes.filter((each) => each.verdict === verdict);
    return { text: SAYS[verdict](own, told), share: own.reduce((sum, { share }) => plus(sum, share), ZERO) };
  });
  const [only] = parts;
  if (parts.length === 1 && only) return only.text;
  return parts.map(({ text, share }) => `${text} (${shareText(share)} of connections)`).join('; ');
}

const SAYS: Readonly<Record<Verdict, (own: readonly TracedOutcome[], told: Told) => string>> = {
  DNAT: (own) => {
    const [first] = own;
    const where =
      own.length === 1
        ? `reaches ${joinHostPort(first?.address ?? '', first?.port ?? 0)}`
        : `reaches one of ${own.length} endpoints`;
    return `${where}, ${sourceOf(own)}`;
  },
  REJECT: (own) => `is refused${byWhat(own)}`,
  DROP: (own) => `is dropped${byWhat(own)}`,
  ACCEPT: (own) => `is accepted by a rule of a Service, ${sourceOf(own)}`,
  NONE: (own, { isAsked, to }) => {
    const goes = own.every(({ end }) => end === 'delivered') ? 'to the node itself' : 'on its way';
    const untouched = own.every(({ source }) => source === 'kept') ? 'untouched' : sourceOf(own);
    return isAsked
      ? `is not served: no rule of a Service acts on it, and it goes ${goes}, ${untouched}`
      : `no rule of a Service acts on it: it goes ${goes} to ${joinHostPort(to.ip.text, to.port)}, ${untouched}`.replace(
          'to the node itself to ',
          'to the node itself, ',
        );
  },
  UNKNOWN: (_, { depends }) => {
    const [first = 'something that is not known'] = depends;
    return `depends on ${depends.length === 1 ? clipped(first) : `${depends.length} conditions that are not known`}`;
  },
};

const MOST_SHOWN = 200;

/** A condition for people: it may have thousands of values, of which --format json has all. */
export function clipped(condition: string): string {
  const { rule } = briefly(condition);
  return rule.length > MOST_SHOWN ? `${rule.slice(0, MOST_SHOWN)}…` : rule;
}

function byWhat(outcomes: readonly TracedOutcome[]): string {
  const rules = [...new Set(outcomes.flatMap(({ by }) => by ?? []))];
  return rules.length === 0 ? '' : ` by ${rules.join(' or ')}`;
}

function sourceOf(outcomes: readonly TracedOutcome[]): string {
  const count = (wanted: TracedOutcome['source']) => outcomes.filter(({ source }) => source === wanted).length;
  const all = outcomes.length;
  if (count('kept') === all) return 'source address kept';
  if (count('node') === all) return 'source address becomes the node’s';
  if (count('changed') === all) return 'source address changed';
  return `source address kept by ${count('kept')} of them`;
}

/** Notes: the reason of a refusal, a drop or a missing rule; session affinity; a cluster IP used from outside. */
export function whyOf({ outcomes, asked, from, to }: Told): readonly string[] {
  const has = (verdict: Verdict) => outcomes.some((each) => each.verdict === verdict);
  const notes: string[] = [];
  if (asked?.servicePort && (has('REJECT') || has('DROP'))) notes.push(...reasons(asked, from));
  if (asked && has('NONE')) notes.push(unserved(asked, to));
  if (outcomes.some(({ isSticky }) => isSticky)) notes.push('a client stays with its endpoint (session affinity)');
  if (asked?.servicePort && asked.kind === 'ClusterIP' && from.about === 'outside')
    notes.push(
      'a cluster IP is not announced outside of the cluster: it gets here only where a network is told to route it',
    );
  return notes;
}

/** Why no rule acts on a packet that is sent to a Service. */
function unserved({ port, servicePort, at }: Asked, { ip }: Told['to']): string {
  if (at) return `${ip.text} is an address of Service ${port}, with port ${at.join(', ')} only`;
  return servicePort
    ? `there is no rule for ${port}: the rules may be older than the snapshot, or of another node`
    : `the node does not serve ${port}: it may be for another proxy`;
}

function reasons({ servicePort, frontend, port }: Asked, { ip }: Source): readonly string[] {
  const endpoints = servicePort?.endpoints;
  if (!endpoints) return [];
  if (frontend?.whenEmpty === 'drop') return [`${port} has policy Local, and no endpoint on this node`];
  if (frontend?.whenEmpty === 'reject')
    return [
      endpoints.total === 0
        ? `${port} has no endpoint: no slice lists one, so its selector matches no pod that has this port`
        : `${port} has ${endpoints.total} endpoints, none of which is ready`,
    ];
  const ranges = frontend?.sourceRanges?.ranges;
  if (ranges && !ranges.some((cidr) => contains(cidr, ip)))
    return [`loadBalancerSourceRanges of ${port} do not have ${ip.text}: ${ranges.map(({ text }) => text).join(', ')}`];
  return [];
}
