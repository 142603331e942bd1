/**
 * pods: a snapshot → the pods that a trace knows, by name and by address. A large snapshot has a hundred thousand, and
 * each of several questions looks for some, so they are collected once.
 */
import { type Ip, parseIp } from '../ip.js';
import type { Snapshot } from '../read/types.js';
import type { Named } from './question.js';

/** A pod of the snapshot, or one that an EndpointSlice names. */
export interface KnownPod extends Named {
  readonly addresses: readonly Ip[];
  /** `''` if it is not known, or the pod is not scheduled. */
  readonly node: string;
  readonly hostNetwork: boolean;
}

interface KnownPods {
  readonly all: readonly KnownPod[];
  /** By the text of each address, in the order of `all`. */
  readonly byAddress: ReadonlyMap<string, readonly KnownPod[]>;
}

const KNOWN = new WeakMap<Snapshot, KnownPods>();

/** The Pods of the snapshot, and the pods that its EndpointSlices name. */
export function podsOf(snapshot: Snapshot): readonly KnownPod[] {
  return knownOf(snapshot).all;
}

/** Those with the address; several if they are in the network of their node. */
export function podsAt(snapshot: Snapshot, address: string): readonly KnownPod[] {
  return knownOf(snapshot).byAddress.get(address) ?? [];
}

function knownOf(snapshot: Snapshot): KnownPods {
  const known = KNOWN.get(snapshot) ?? collected(snapshot);
  KNOWN.set(snapshot, known);
  return known;
}

function collected({ pods, slices }: Snapshot): KnownPods {
  const found = new Map<string, KnownPod>();
  for (const { metadata, endpoints } of slices) {
    for (const { addresses, nodeName, pod } of endpoints) {
      if (pod === undefined) continue;
      const key = `${metadata.namespace}/${pod}`;
      const before = found.get(key)?.addresses ?? [];
      const known = [...before, ...addresses.flatMap((text) => parseIp(text) ?? [])];
      found.set(key, {
        namespace: metadata.namespace,
        name: pod,
        addresses: [...new Map(known.map((ip) => [ip.text, ip])).values()],
        node: nodeName ?? '',
        hostNetwork: false,
      });
    }
  }
  for (const { metadata, spec, status } of pods) {
    const key = `${metadata.namespace}/${metadata.name}`;
    const own = status.podIPs.flatMap((text) => parseIp(text) ?? []);
    found.set(key, {
      namespace: metadata.namespace,
      name: metadata.name,
      addresses: own.length > 0 ? own : (found.get(key)?.addresses ?? []),
      node: spec.nodeName ?? found.get(key)?.node ?? '',
      hostNetwork: spec.hostNetwork,
    });
  }
  const all = [...found.values()];
  const byAddress = new Map<string, KnownPod[]>();
  for (const pod of all) {
    for (const { text } of pod.addresses) {
      const others = byAddress.get(text);
      if (others) others.push(pod);
      else byAddress.set(text, [pod]);
    }
  }
  return { all, byAddress };
}
