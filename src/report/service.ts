/**
 * service: one Service of a report → what its page shows: the explanation that `vipc explain` gives, its rules on a node
 * with a sentence about each, and the ways of its clients. Each part is made when it is asked for.
 */
import { aboutService } from '../explain/about.js';
import { clientsOf } from '../explain/clients.js';
import { packetOf, portLabel } from '../explain/matrix.js';
import { nodesToAsk, type OnNode, onNode, partOf } from '../explain/on-nodes.js';
import { explainService } from '../explain/service.js';
import type { Explanation } from '../explain/types.js';
import { type Family, joinHostPort } from '../ip.js';
import type { PacketClass } from '../packet/packet.js';
import { keyOf, type Service, type Snapshot } from '../read/types.js';
import type { ServicePort } from '../resolve/types.js';
import { problemsByService } from '../views/problems.js';
import type { Report } from './model.js';
import { shownRules } from './service-rules.js';
import { type Ways, waysOf } from './ways.js';
import { headingOf, wordsOf } from './words.js';

/** A Service of a report. */
export interface Subject {
  readonly report: Report;
  readonly service: Service;
  /** The snapshot with this Service and those that share an address with it. */
  readonly part: Snapshot;
  /** The nodes to choose from; `''` stands for one that is not in the input. */
  readonly nodes: readonly string[];
}

export function subjectOf(report: Report, service: Service): Subject {
  const part = partOf(report.snapshot, service);
  return { report, service, part, nodes: nodesToAsk({ snapshot: part, service }, report.data.options) };
}

/** The page of `vipc explain` about it. */
export function explained({ report: { data, snapshot }, service }: Subject): Explanation {
  const said = problemsByService(data.said)(service);
  return explainService(snapshot, service, said, data.options, { layout: data.layout, domain: data.domain });
}

/** Its rules on a node, and an evaluator of them; undefined when they cannot be compiled. */
export function onNodeOf({ part, service, report: { data } }: Subject, node: string): OnNode | undefined {
  return onNode(part, service, node, data.options, data.layout);
}

/** Lines of one chain, set, map or tool. */
export interface Block {
  readonly title: string;
  /** `chain of table nat, iptables` */
  readonly what: string;
  readonly lines: readonly { readonly text: string; readonly words: string }[];
}

/** Its rules on a node by family. */
export function blocksOf({ service }: Subject, { compiled }: OnNode): ReadonlyMap<Family, readonly Block[]> {
  const families = compiled.resolved.map(({ node: { family } }): readonly [Family, readonly Block[]] => [
    family,
    shownRules(compiled.desired, family, keyOf(service)).map(([heading = '', ...lines]) => ({
      ...headingOf(heading),
      lines: lines.map((text) => ({ text, words: wordsOf(heading, text) })),
    })),
  ]);
  return new Map(families.filter(([, blocks]) => blocks.length > 0));
}

/** A kind of clients at one address of a port: what a drawing is about. */
export interface Choice {
  /** `http 80/TCP, IPv4` */
  readonly port: string;
  /** `ClusterIP 10.96.0.41:80` */
  readonly address: string;
  readonly client: string;
  /** Its first packet; undefined where none can be sent. */
  readonly packet: PacketClass | undefined;
  readonly ways: () => Ways | undefined;
}

/** All drawings of a Service on a node. */
export function choicesOf({ report, part, service }: Subject, on: OnNode): readonly Choice[] {
  const about = aboutService({ ...report.snapshot, services: part.services, slices: part.slices }, service, []);
  const names = new Map(
    about.endpoints.map(({ address, pod, endpoint }) => [address, pod?.metadata.name ?? endpoint.pod]),
  );
  return on.families.flatMap(({ context, ports }) =>
    ports.flatMap((port: ServicePort) =>
      port.frontends.flatMap((frontend) =>
        clientsOf(about, context, port, report.data.options)
          .filter(({ balanced }) => !balanced || frontend.kind === 'LoadBalancerIP')
          .map((client): Choice => {
            const packet = packetOf(on, context, port, frontend, client);
            return {
              port: portLabel(port),
              address: `${frontend.kind} ${joinHostPort(frontend.ip ?? '*', frontend.port)}`,
              client: client.name,
              packet,
              ways: () => packet && waysOf(packet, on.evaluator, client.name, (ip) => names.get(ip)),
            };
          }),
      ),
    ),
  );
}
