/**
 * tests: a statement of nftables → the values that it tests in a packet.
 */
import type { Family } from '../../ip.js';
import { isRest } from '../../packet/nft/elements.js';
import type { State } from '../../packet/packet.js';
import type { Element, Expression } from '../../tools/nft/types.js';
import { addAddresses, addRange, type Ranges } from '../intervals.js';
import type { Tests } from '../tests.js';
import { partsOf, protocolOf, roleOf } from './roles.js';

const STATES: ReadonlySet<string> = new Set<State>(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED']);

/** Adds values with which a rule compares a field. */
export function addValues(expression: Expression, values: readonly string[], family: Family, tests: Tests): void {
  const protocol = protocolOf(expression);
  if (protocol !== undefined) tests.protocols.add(protocol);
  for (const value of values) addValue(expression, value, family, tests);
}

/** Adds the keys of elements that a rule looks up. */
export function addKeys(key: Expression, elements: readonly Element[], family: Family, tests: Tests): void {
  const parts = partsOf(key);
  for (const part of parts) addValues(part, [], family, tests);
  for (const element of elements) {
    if (isRest(element)) continue;
    const fields = parts.length === 1 ? [element.key] : element.key.split(' . ');
    for (const [i, part] of parts.entries()) addValue(part, fields[i] ?? '', family, tests);
  }
}

function addValue(expression: Expression, text: string, family: Family, tests: Tests): void {
  switch (roleOf(expression)) {
    case 'destination':
      addAddresses(tests.destinations, text, family);
      return;
    case 'source':
      addAddresses(tests.sources, text, family);
      return;
    case 'protocol':
      tests.protocols.add(text);
      return;
    case 'port':
      addPorts(tests.ports, text);
      return;
    case 'sourcePort':
      addPorts(tests.sourcePorts, text);
      return;
    case 'interface':
      tests.interfaces.add(text.replace(/^"(.*)"$/s, '$1').replace(/\*$/, '+'));
      return;
    case 'state': {
      const state = text.toUpperCase();
      if (STATES.has(state)) tests.states.add(state as State);
      return;
    }
    case 'constant':
    case 'unknown':
      return;
  }
}

function addPorts(ranges: Ranges, text: string): void {
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) addRange(ranges, BigInt(from), BigInt(to));
}
