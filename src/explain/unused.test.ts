/**
 * A port that the proxy mode does not serve: its endpoints are told so for that port, and for no other.
 */
import { expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { packetsInput } from '../testing/network/packets.js';
import { explainService } from './service.js';

it.each([
  ['iptables', []],
  ['userspace', ['sctp: the rules leave this port out']],
] as const)('mode %s', (mode, reasons) => {
  const { sources, options } = packetsInput();
  const { value: snapshot } = readCluster(sources, {});
  const service = snapshot.services.find(({ metadata }) => metadata.name === 'web');
  if (!service) throw new Error('there is no Service web');
  const { unused } = explainService(snapshot, service, [], { ...options, mode });
  expect([...new Set(unused.map(({ port, why }) => `${port}: ${why}`))]).toEqual(reasons);
});
