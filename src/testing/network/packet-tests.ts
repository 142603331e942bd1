/**
 * Packet tests: what is alike through the rules of every mode that chooses an endpoint at random.
 */
import { expect, it } from '@jest/globals';
import { agentHost } from '../machine/agent.js';
import { DROPPED } from './packet-rows.js';
import { answers, SCTP_ROWS } from './packets.js';
import { connect, hasSctp, type Topology } from './topology.js';

// A kernel without SCTP is covered by the guest ring: packets-sctp.long.guest.test.ts.
const withSctp = await hasSctp(agentHost());

/** Tests of what is dropped, of affinity and of SCTP; `topology` gives the one whose node has the rules. */
export function itDropsAndKeeps(topology: () => Topology): void {
  it('dropped: no answer at all', async () => {
    const seen = await Promise.all(
      DROPPED.map(async ([what, from, to]) => [what, from, await connect(topology()[from], { ...to, seconds: 2 })]),
    );
    expect(seen).toEqual(DROPPED.map(([what, from]) => [what, from, ['timeout']]));
  });

  it.each(['client', 'pod1', 'node'] as const)('affinity keeps %s on one endpoint', async (from) => {
    const first = await connect(topology()[from], { to: '10.96.0.2', port: 80 });
    const then = await connect(topology()[from], { to: '10.96.0.2', port: 80, count: 40 });
    expect(new Set(then)).toEqual(new Set(first));
  });

  if (withSctp)
    it.each(SCTP_ROWS)('SCTP: %s, from %s: reached', async (...row) => {
      expect(await answers(topology(), row)).toEqual(row[3]);
    });
}
