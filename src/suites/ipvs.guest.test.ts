/**
 * ipvs mode in a kernel with IPVS: for every case the tools accept the compiled state and it reads back unchanged; for
 * conformance cases it equals kube-proxy's state.
 */
import { existsSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { cases, ROOT } from '../testing/cases/cases.js';
import { withGuestNetns } from '../testing/machine/guest.js';
import { loadAndSave } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { loadMembersAgain, loadState, readState } from '../testing/node/load-state.js';
import { ARTIFACTS, DUMPED, type NodeState, readNodeState, stateDifferences } from '../testing/node/node-state.js';
import { sample } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

/** Every case with rules for ipvs mode. */
const goldens = cases().flatMap((each) => {
  const golden = `${ROOT}golden/${each.name}/ipvs`;
  return existsSync(`${golden}/${ARTIFACTS.ipvsadm}`) ? [{ ...each, golden }] : [];
});

it('there are goldens, and dumps to compare them with', () => {
  expect(goldens.filter(hasDumps)).toHaveLength(46);
  expect(goldens.length).toBeGreaterThan(60);
});

function hasDumps({ name }: { readonly name: string }): boolean {
  return name.startsWith('conformance/');
}

/** Cases that together have every kind of rule; programs start slowly in an emulated machine. */
const HAS_ALL_KINDS = /random|local-mode|masquerade|no-cluster-cidr|^(external|ipvs|packets)\//;

describeGuest.each(sample(goldens, 4, '', 6))('$name', (each) => {
  const { golden, directory } = each;
  const written = readNodeState(golden, ARTIFACTS);
  let read: NodeState;

  beforeAll(async () => {
    read = await withGuestNetns(async (host) => {
      await loadState(host, written, 'nft');
      await loadMembersAgain(host, written);
      return readState(host, 'nft');
    });
  });

  it('is what the kernel gives back', () => {
    expect(stateDifferences(read, written)).toEqual([]);
  });

  if (hasDumps(each)) {
    it("is kube-proxy's", () => {
      expect(stateDifferences(read, readNodeState(`${directory}kube-proxy/ipvs`, DUMPED))).toEqual([]);
    });
  }

  if (!HAS_ALL_KINDS.test(each.name)) return;
  it('is the same for iptables-legacy', async () => {
    const rules = await withGuestNetns(async (host) => {
      succeeded(await host.run(['ipset', 'restore'], written.ipset), 'ipset');
      const ipv4 = await loadAndSave(host, { family: 'ipv4', variant: 'legacy', text: written.iptables });
      const ipv6 = await loadAndSave(host, { family: 'ipv6', variant: 'legacy', text: written.ip6tables });
      return { iptables: ipv4.saved, ip6tables: ipv6.saved };
    });
    expect(stateDifferences({ ...written, ...rules }, written)).toEqual([]);
  });
});

describeGuest('timeouts', () => {
  it.each([
    ['conformance/ipvs-timeouts', '900 120 300'],
    ['ipvs/settings', '900 120 1'],
  ])('of %s', async (name, expected) => {
    const { ipvsadm } = readNodeState(`${ROOT}golden/${name}/ipvs`, ARTIFACTS);
    const shown = await withGuestNetns(async (host) => {
      succeeded(await host.run(['ipvsadm', '--restore'], ipvsadm), 'ipvsadm');
      return (await host.run(['ipvsadm', '--list', '--timeout'])).stdout;
    });
    expect(shown).toBe(`Timeout (tcp tcpfin udp): ${expected}\n`);
  });
});
