/**
 * effect: the rules of two sides × probes → what changes for connections, by ServicePort, the most hurtful first.
 */
import type { Family } from '../ip.js';
import type { Evaluator } from '../packet/evaluate.js';
import { type Fraction, toNumber } from '../packet/fraction.js';
import type { Stay } from '../packet/stay.js';
import { answerOf, type Result } from '../packet/verdict.js';
import type { Probe } from './probes.js';

/** How much a change hurts: connections fail, fewer servers, who is let in, how it looks to the endpoint, more of something. */
export const SEVERITIES = ['outage', 'refused', 'lost', 'changed', 'gained'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Effect {
  readonly service: string;
  readonly family: Family;
  readonly severity: Severity;
  readonly text: string;
}

/** What becomes of a probe on one side. */
interface Fate {
  readonly kind: 'endpoints' | 'refused' | 'dropped' | 'unserved' | 'accepted' | 'unknown';
  readonly endpoints: ReadonlyMap<string, { readonly share: Fraction; readonly masquerade: boolean }>;
  readonly affinity: boolean;
  /** For how long a client stays with its endpoint, in words. */
  readonly stay: string;
}

/** The rules of one side. */
export interface Side {
  readonly evaluator: Evaluator;
  readonly stay: Stay;
}

interface Compared {
  readonly probe: Probe;
  readonly before: Fate;
  readonly after: Fate;
}

/** The effects on one ServicePort. */
export function effectsOf(probes: readonly Probe[], before: Side, after: Side): readonly Effect[] {
  const compared = probes.map(
    (probe): Compared => ({ probe, before: fateOf(before, probe), after: fateOf(after, probe) }),
  );
  const [first] = probes;
  if (!first) return [];
  const effect = (severity: Severity, text: string): Effect => {
    return { service: first.service, family: first.family, severity, text };
  };
  const outage = outageOf(compared);
  if (outage !== undefined) {
    // Such as a port that got another number.
    const others = addresses(compared).filter(([severity]) => severity === 'gained');
    return [effect('outage', outage), ...others.map(([severity, text]) => effect(severity, text))];
  }
  return [
    ...addresses(compared).map(([severity, text]) => effect(severity, text)),
    ...endpoints(compared).map(([severity, text]) => effect(severity, text)),
    ...others(compared).map(([severity, text]) => effect(severity, text)),
  ];
}

type Told = readonly [Severity, string];

function fateOf({ evaluator, stay }: Side, { packet, family }: Probe): Fate {
  const { results } = answerOf(evaluator.evaluate(packet));
  const verdicts = new Set(results.map(({ verdict }) => verdict));
  const endpoints = new Map(
    results
      .filter(({ verdict }) => verdict === 'DNAT')
      .map(({ address = '', port, share, masquerade }) => [nameOf(address, port), { share, masquerade }]),
  );
  const lists = results.flatMap(({ outcome }) => outcome.flow.affinity ?? []);
  const times = new Set(lists.map((list) => stay(family, list)));
  return {
    kind: kindOf(verdicts),
    endpoints,
    affinity: lists.length > 0,
    stay: [...times].map((seconds) => (seconds === undefined ? 'an unknown time' : `${seconds} s`)).join(' or '),
  };
}

function kindOf(verdicts: ReadonlySet<Result['verdict']>): Fate['kind'] {
  if (verdicts.has('UNKNOWN')) return 'unknown';
  if (verdicts.has('DNAT')) return 'endpoints';
  if (verdicts.has('REJECT')) return 'refused';
  if (verdicts.has('DROP')) return 'dropped';
  return verdicts.has('ACCEPT') ? 'accepted' : 'unserved';
}

function nameOf(address: string, port: number | undefined): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** All that reached an endpoint reaches none any more. */
function outageOf(compared: readonly Compared[]): string | undefined {
  const reached = compared.filter(({ before }) => before.kind === 'endpoints');
  const kinds = new Set(reached.map(({ after }) => after.kind));
  if (reached.length === 0 || kinds.has('endpoints')) return undefined;
  const isElsewhere = compared.some(({ after }) => after.kind === 'endpoints');
  const whose = isElsewhere
    ? 'no endpoint left at the addresses that it had: connections are'
    : 'no endpoint left: connections are';
  if (kinds.has('refused')) return `${whose} refused`;
  if (kinds.has('dropped')) return `${whose} dropped`;
  if (kinds.size > 1 || !kinds.has('unserved')) return undefined;
  return `no longer served at any address${isElsewhere ? ' that it had' : ''}`;
}

/** Addresses that come and go, and clients that are let in or kept out. */
function addresses(compared: readonly Compared[]): readonly Told[] {
  const byFrontend = new Map<string, Compared[]>();
  for (const each of compared) {
    const { frontend } = each.probe;
    byFrontend.set(frontend, [...(byFrontend.get(frontend) ?? []), each]);
  }
  return [...byFrontend].flatMap(([frontend, probes]): readonly Told[] => {
    const was = probes.some(({ before }) => before.kind !== 'unserved');
    const is = probes.some(({ after }) => after.kind !== 'unserved');
    if (was && !is) return [['refused', `${frontend} is no longer served`]];
    if (!was && is) return [['gained', `${frontend} is served`]];
    return probes.flatMap(({ probe, before, after }): readonly Told[] => {
      if (before.kind === after.kind) return [];
      const { client, address } = probe;
      if (client.isRange && before.kind === 'endpoints')
        return [['refused', `${client.label} no longer admitted to ${address}`]];
      if (client.isRange && after.kind === 'endpoints') return [['gained', `${client.label} admitted to ${address}`]];
      return [
        [
          after.kind === 'endpoints' ? 'gained' : 'refused',
          `${client.label}: ${frontend} ${WAS[before.kind]}, now ${NOW[after.kind]}`,
        ],
      ];
    });
  });
}

const WAS: Readonly<Record<Fate['kind'], string>> = {
  endpoints: 'reached endpoints',
  refused: 'was refused',
  dropped: 'was dropped',
  unserved: 'was not served',
  accepted: 'was accepted',
  unknown: 'depended on what is not known',
};

const NOW: Readonly<Record<Fate['kind'], string>> = {
  endpoints: 'reaches endpoints',
  refused: 'is refused',
  dropped: 'is dropped',
  unserved: 'is not served',
  accepted: 'is accepted',
  unknown: 'depends on what is not known',
};

/** Endpoints that come and go, with the largest share that some client had or has. */
function endpoints(compared: readonly Compared[]): readonly Told[] {
  const sharesOf = (side: 'before' | 'after') => {
    const shares = new Map<string, Fraction>();
    for (const each of compared) {
      for (const [name, { share }] of each[side].endpoints) {
        const known = shares.get(name);
        if (!known || toNumber(share) > toNumber(known)) shares.set(name, share);
      }
    }
    return shares;
  };
  const [was, is] = [sharesOf('before'), sharesOf('after')];
  return [
    ...[...was]
      .filter(([name]) => !is.has(name))
      .map(([name, share]): Told => ['lost', `endpoint ${name} gone (was ${part(share)} of new connections)`]),
    ...[...is]
      .filter(([name]) => !was.has(name))
      .map(([name, share]): Told => ['gained', `endpoint ${name} new (${part(share)} of new connections)`]),
  ];
}

/** `1/3`, or `33.3%` where the kernel's probability is no such fraction. */
function part(share: Fraction): string {
  const value = toNumber(share);
  const whole = Math.round(1 / value);
  return Math.abs(value - 1 / whole) < 2 ** -24 ? (whole === 1 ? 'all' : `1/${whole}`) : `${(value * 100).toFixed(1)}%`;
}

/** What an endpoint sees, and whether a client stays with it. */
function others(compared: readonly Compared[]): readonly Told[] {
  const both = compared.filter(({ before, after }) => before.kind === 'endpoints' && after.kind === 'endpoints');
  const masked = both.flatMap(({ probe, before, after }): readonly Told[] => {
    const common = [...before.endpoints].filter(([name]) => after.endpoints.has(name));
    const gained = common.some(([name, { masquerade }]) => !masquerade && after.endpoints.get(name)?.masquerade);
    const kept = common.some(([name, { masquerade }]) => masquerade && after.endpoints.get(name)?.masquerade === false);
    const whose = `${probe.client.label} to ${probe.address}`;
    return [
      ...(gained ? [['changed', `source address of ${whose} no longer kept`] as const] : []),
      ...(kept ? [['changed', `source address of ${whose} kept`] as const] : []),
    ];
  });
  return [...masked, ...stays(both)];
}

/** A client that a list has stays with its endpoint, for a time. */
function stays(both: readonly Compared[]): readonly Told[] {
  const changes = both.map(({ before, after }): string => {
    if (!before.affinity && !after.affinity) return '';
    if (!before.affinity) return 'clients stay with an endpoint';
    if (!after.affinity) return 'clients no longer stay with an endpoint';
    return before.stay === after.stay ? '' : `clients stay with an endpoint for ${after.stay} (was ${before.stay})`;
  });
  return [...new Set(changes)].flatMap((text): readonly Told[] => (text === '' ? [] : [['changed', text]]));
}

/** The most hurtful first; then by name. */
export function inOrder(effects: readonly Effect[]): readonly Effect[] {
  const rank = ({ severity, service, text }: Effect) => `${SEVERITIES.indexOf(severity)} ${service} ${text}`;
  return [...effects].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
