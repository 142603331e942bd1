/** ipvs: a node in ipvs mode in the guest, and Services of one virtual server each. */
import type { Applied } from '../../apply/apply.js';
import type { Host } from '../../apply/host.js';
import type { Options } from '../../options.js';
import { addressesOf, SMALL_OPTIONS, type SmallService, smallCluster } from '../cases/small-cluster.js';
import { makeGuestNetns } from '../machine/guest.js';
import { addNodeAddresses, succeeded } from '../machine/netns.js';
import { applyTo, type LiveNode, liveNode } from './live.js';

/** A Service with little to it: one virtual server. */
export function ipvsService(number: number, change: Partial<SmallService> = {}): SmallService {
  const { clusterIP } = addressesOf({ number });
  const spec = {
    type: 'ClusterIP',
    clusterIPs: [clusterIP],
    ipFamilies: ['IPv4'],
    ports: [{ name: 'tcp', protocol: 'TCP', port: 80 }],
  };
  return { name: `s${number}`, number, ready: ['pod1'], status: {}, ...change, spec: { ...spec, ...change.spec } };
}

export interface IpvsNode {
  readonly host: Host;
  readonly node: LiveNode;
  /** Applies Services, Service 1 alone unless said, after a shell script has changed the node. */
  readonly applied: (situation: Situation) => Promise<Applied>;
  /** What ipvsadm saves, line by line. */
  readonly servers: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

export interface Situation {
  readonly shell?: string;
  readonly services?: readonly SmallService[];
  readonly ipvs?: Partial<Options['ipvs']>;
}

/** A node with nothing on it yet. */
export async function ipvsNode(): Promise<IpvsNode> {
  const { host, remove } = await makeGuestNetns();
  await addNodeAddresses(host);
  const node = await liveNode(host, 'nft');
  return {
    host,
    node,
    applied: async ({ shell = '', services = [ipvsService(1)], ipvs = {} }) => {
      if (shell !== '') succeeded(await host.run(['sh', '-ec', shell]), 'shell');
      const options = { ...SMALL_OPTIONS, mode: 'ipvs', ipvs: { ...SMALL_OPTIONS.ipvs, ...ipvs } };
      return applyTo(node, smallCluster(services), options);
    },
    servers: async () => (await host.run(['ipvsadm', '--save', '-n'])).stdout.trim().split('\n'),
    remove,
  };
}
