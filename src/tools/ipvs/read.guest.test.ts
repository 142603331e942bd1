/**
 * Virtual servers are read correctly while another network namespace of the same kernel changes its own.
 */
import { expect, it } from '@jest/globals';
import { withGuestNetns } from '../../testing/machine/guest.js';
import { succeeded } from '../../testing/machine/netns.js';
import { describeInGuest } from '../../testing/machine/rings.js';
import { often } from '../../testing/run/extent.js';
import { readIpvs } from './read.js';

const describeGuest = await describeInGuest();

const SERVERS = Array.from({ length: 20 }, (_, i) => `10.96.0.${i + 1}`);
const READS = often(6, 40);

/** Adds 40 virtual servers and deletes them again until it is killed. */
const CHURN = `seq 40 | sed 's/.*/-A -t 10.97.0.&:80 -s rr/' > /tmp/churn
setsid sh -c 'echo $$ > /tmp/churn.pid; while :; do ipvsadm --restore < /tmp/churn; ipvsadm --clear; done' > /tmp/churn.log 2>&1 &`;

describeGuest('virtual servers beside others', () => {
  it('are there once each, however the kernel tells them', () =>
    withGuestNetns((host) =>
      withGuestNetns(async (other) => {
        const rules = SERVERS.map((ip) => `-A -t ${ip}:80 -s rr\n-a -t ${ip}:80 -r 10.244.0.1:80 -m -w 1\n`).join('');
        succeeded(await host.run(['ipvsadm', '--restore'], rules), 'ipvsadm');
        succeeded(await other.run(['sh', '-c', CHURN]), 'churn');
        let torn = 0;
        try {
          for (let i = 0; i < READS; i++) {
            const { stdout } = await host.run(['ipvsadm', '--save', '-n']);
            if (stdout.match(/^-A/gm)?.length !== SERVERS.length) torn++;
            const { saved, connections } = await readIpvs(host.run, true);
            expect(saved.virtualServers.map(({ address, realServers }) => [address, realServers.length])).toEqual(
              SERVERS.map((ip) => [ip, 1]),
            );
            expect(new Set(connections.map(({ address }) => address)).size).toBe(SERVERS.length);
          }
        } finally {
          succeeded(await other.run(['sh', '-c', 'kill -9 -- -$(cat /tmp/churn.pid)']), 'kill');
        }
        console.log(`ipvsadm --save: ${torn} of ${READS} torn`);
      }),
    ));
});
