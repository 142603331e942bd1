/**
 * tcp-flags: `tcp flags syn / fin,syn,rst,ack`, asked of the first packet of a connection, which has SYN, and may have ecn
 * and cwr beside it (RFC 3168).
 */
import type { Statement } from '../../tools/nft/types.js';
import type { Condition } from '../foreign.js';
import { depends, NO, of } from '../tri.js';

type Match = Extract<Statement, { kind: 'match' }>;

/** The condition of `tcp flags`; `text` is what it is called. */
export function tcpFlagsCondition(match: Match, text: string): Condition {
  const unknown = depends(text);
  const holds = holdsOfFirst(match);
  const first = holds === undefined ? unknown : of(holds);
  return ({ protocol, state }) => (protocol !== 'tcp' ? NO : state === 'NEW' ? first : unknown);
}

/** Of `a` and `b` without a mask one must be set, with `!` none; `!=` compares all flags; `a / a,b` those of the mask. */
function holdsOfFirst({ operator, values }: Match): boolean | undefined {
  const [flags = [], mask] = values.length === 1 ? (values[0]?.split(' / ').map((list) => list.split(',')) ?? []) : [];
  if (flags.length === 0 || ![...flags, ...(mask ?? [])].every((each) => ALL.includes(each))) return undefined;
  const holds = mask || operator === '!=' ? equals(flags, mask ?? ALL) : hasOneOf(flags);
  return holds === undefined || operator === '==' ? holds : !holds;
}

const MAYBE = ['ecn', 'cwr'];
const ALL = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', ...MAYBE];

function hasOneOf(flags: readonly string[]): boolean | undefined {
  return flags.includes('syn') || (MAYBE.some((each) => flags.includes(each)) ? undefined : false);
}

/** Whether of the flags in `mask` those of `flags` are set, and no other. */
function equals(flags: readonly string[], mask: readonly string[]): boolean | undefined {
  const sure = ALL.filter((each) => !MAYBE.includes(each));
  if (sure.some((each) => flags.includes(each) !== (each === 'syn' && mask.includes(each)))) return false;
  return MAYBE.some((each) => mask.includes(each)) ? undefined : !MAYBE.some((each) => flags.includes(each));
}
