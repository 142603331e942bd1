/**
 * target: the destination as the user wrote it → an address, a port and a protocol.
 */
import type { Family, Ip } from '../ip.js';
import { chosen, type Destination } from './destination.js';
import { type Answered, isProblem, type L4, type Named, type Problem, type Question } from './question.js';
import { namedDestination } from './target-name.js';
import { l4, serviceDestination } from './target-service.js';
import { addressesOf, findNode, findPod, type World } from './world.js';

/** The destination for a sender with addresses of `families`; its DNS search path begins with `namespace`. */
export function destinationOf(
  { to, protocol, domain }: Pick<Question, 'to' | 'protocol' | 'domain'>,
  world: World,
  namespace: string,
  families: readonly Family[],
): Answered<Destination> {
  switch (to.kind) {
    case 'address':
      return chosen([to.ip], families, { port: to.port, protocol: protocol ?? usual(world, to.ip, to.port) });
    case 'node': {
      const node = to.name === undefined || to.name === world.node.name ? undefined : findNode(world, to.name);
      if (node && isProblem(node)) return node;
      const addresses = node ? addressesOf(node) : world.node.addresses;
      if (addresses.length === 0) return NO_ADDRESS;
      return chosen(addresses, families, { port: to.port, protocol: protocol ?? nodePortProtocol(world, to.port) });
    }
    case 'pod': {
      const pod = findPod(world, to);
      if (isProblem(pod)) return pod;
      if (pod.addresses.length === 0) return noPodAddress(pod);
      return chosen(pod.addresses, families, { port: to.port, protocol: protocol ?? 'tcp' });
    }
    case 'service':
      return serviceDestination(to, protocol, world, families);
    case 'name':
      return namedDestination(to, { protocol, domain, namespace }, world, families);
  }
}

/** The input does not give the addresses of the traced node. */
export const NO_ADDRESS: Problem = {
  problem: 'which addresses the node has is not known',
  hint: 'give its own with --node-address, or what ip -json address prints with --rules',
};

/** A pod without an address. */
export function noPodAddress({ namespace, name }: Named): Problem {
  const hint = 'it has not started, or its status is not in the snapshot; --simulate makes up what manifests lack';
  return { problem: `Pod ${namespace}/${name} has no address`, hint };
}

/** The protocol of the Service at an address and port; TCP if that is one of several, or if there is no Service. */
function usual({ ports }: World, { text }: Ip, port: number): L4 {
  return protocolOf(ports.filter(({ frontends }) => frontends.some((each) => each.ip === text && each.port === port)));
}

function nodePortProtocol({ ports }: World, port: number): L4 {
  return protocolOf(
    ports.filter(({ frontends }) => frontends.some((each) => each.kind === 'NodePort' && each.port === port)),
  );
}

function protocolOf(ports: World['ports']): L4 {
  const found = ports.map(({ name }) => l4(name));
  return found.includes('tcp') ? 'tcp' : (found[0] ?? 'tcp');
}
