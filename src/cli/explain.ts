/**
 * cli: `vipc explain`: the input → one page for each matching Service, Pod or address.
 */

import { readMachine } from '../apply/read.js';
import { type Checked, type Diagnostic, hasErrors, type Source } from '../diag.js';
import { changesOf } from '../diff/changes.js';
import { plan } from '../diff/plan.js';
import { examine } from '../doctor/examine.js';
import { aboutService } from '../explain/about.js';
import { addressPage, claimsTo } from '../explain/address.js';
import { beyondOf } from '../explain/live.js';
import { loopbackClaims } from '../explain/loopback.js';
import { partOf, servedOn } from '../explain/on-nodes.js';
import { explainPod } from '../explain/pod.js';
import { printExplanation } from '../explain/print.js';
import { type Beyond, explainService } from '../explain/service.js';
import type { Explanation } from '../explain/types.js';
import { readCluster } from '../front.js';
import type { Ip } from '../ip.js';
import type { Options } from '../options.js';
import { compileSnapshot, remarksOn } from '../pipeline.js';
import type { Service, Snapshot } from '../read/types.js';
import { chooseNode } from '../resolve/node.js';
import { problemsByService } from '../views/problems.js';
import type { Need } from './api-sources.js';
import { type ClusterFlags, readingOf } from './cluster.js';
import { domainOf } from './dns.js';
import { gather } from './doctor-facts.js';
import { type Input, openInput } from './input.js';
import { EXIT, type Io, writeJson, writeLines } from './io.js';
import { detectedOf, featuresOf, type NodeAtHand, openNode, planOptions, readNode, rulesAt } from './node.js';
import { type NodeFlags, type NodeTask, nodeTask } from './node-task.js';
import { unknownNodes } from './nodes.js';
import { notFound } from './not-found.js';
import { report } from './report.js';
import { type Subject, subjectOf } from './subject.js';

export interface ExplainFlags extends ClusterFlags, NodeFlags {
  readonly live?: boolean;
  readonly domain: string;
  readonly format: 'text' | 'json';
}

const NEED: Need = {
  kinds: ['Service', 'EndpointSlice'],
  also: ['Node', 'Pod', 'Namespace', 'NetworkPolicy', 'Ingress', 'Deployment', 'StatefulSet', 'DaemonSet'],
};

/** Explains the object or address that the first argument names; returns exit code 1 when it has a problem. */
export async function runExplain(
  [what = '', ...paths]: readonly string[],
  flags: ExplainFlags,
  io: Io,
): Promise<number> {
  const subject = subjectOf(what);
  const domain = domainOf(flags.domain);
  const isLive = flags.live === true || flags.netns !== undefined;
  // -n selects the object only: objects of other namespaces can cause its problems, so all are read.
  const { namespace: asked, ...others } = flags;
  const input = await openInput(paths, others, io);
  const task = await nodeTask(paths, flags, io);
  const { options: loaded } = task;
  const node = isLive ? await openNode(task, io) : undefined;
  const where = ('namespace' in subject ? subject.namespace : undefined) ?? asked ?? input.namespace;
  const sources = await readAll(input, where);
  const reading = readingOf(flags);
  const cluster = hasErrors(sources.diagnostics)
    ? undefined
    : readCluster(sources.value, { ...reading, partial: true, clustersetCIDRs: [] });
  const known = [...loaded.diagnostics, ...sources.diagnostics];
  if (!cluster) {
    await report(known, reading.verbose, io);
    return EXIT.trouble;
  }
  const remarks = remarksOn(cluster.value, loaded.value, { layout: task.how.layout, completion: reading.completion });
  const said = [...cluster.diagnostics, ...remarks];
  const asking: Asking = { cluster: cluster.value, said, options: loaded.value, domain, task, node, io };
  const pages = await pagesOf(subject, where, asking);
  const objects = new Set(pages.map(({ subject }) => subject));
  // Diagnostics of the explained objects are on their pages.
  const beside = said.filter(
    ({ severity, origin, synthetic }) =>
      !synthetic && (severity === 'error' || reading.verbose) && !objects.has(origin?.object ?? ''),
  );
  const unknown = reading.verbose ? [] : unknownNodes(cluster.value, loaded.value);
  await report([...known, ...unknown, ...beside], reading.verbose, io);
  if (pages.length === 0) throw new Error(missing(subject, where, cluster.value));
  if (flags.format === 'json') await writeJson(io.stdout, pages.length === 1 ? pages[0] : pages, 2);
  else {
    for (const [i, page] of pages.entries())
      await writeLines(io.stdout, [...(i === 0 ? [] : ['', '']), ...printExplanation(page, widthOf(io))]);
  }
  return pages.some(({ findings }) => findings.some(({ severity }) => severity === 'problem'))
    ? EXIT.different
    : EXIT.ok;
}

/** Reads all namespaces; when the server refuses to list them, only `namespace`, with a warning. */
async function readAll(input: Input, namespace: string): Promise<Checked<readonly Source[]>> {
  try {
    return await input.read(NEED);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('does not list its')) throw error;
    const sources = await input.read({ ...NEED, namespaces: [namespace] });
    const message = `only namespace ${namespace} could be read: what Services of others have to do with it is not known`;
    return { ...sources, diagnostics: [{ code: 'not-listed', severity: 'warning', message }, ...sources.diagnostics] };
  }
}

interface Asking {
  readonly cluster: Snapshot;
  /** What there is to say about its objects, and about serving them in the proxy mode. */
  readonly said: readonly Diagnostic[];
  readonly options: Options;
  readonly domain: string;
  readonly task: NodeTask;
  readonly node: NodeAtHand | undefined;
  readonly io: Io;
}

async function pagesOf(subject: Subject, namespace: string, asking: Asking): Promise<readonly Explanation[]> {
  const { cluster: snapshot } = asking;
  const named = ({ metadata }: { metadata: { name: string; namespace: string } }) =>
    'name' in subject && metadata.name === subject.name && metadata.namespace === namespace;
  switch (subject.kind) {
    case 'service':
      return Promise.all(snapshot.services.filter(named).map((each) => ofService(each, asking)));
    case 'pod':
      return snapshot.pods.filter(named).map((pod) => explainPod(snapshot, pod));
    case 'address':
      return ofAddress(subject.ip, subject.port, asking);
  }
}

async function ofService(service: Service, asking: Asking): Promise<Explanation> {
  const { cluster, options, domain, task } = asking;
  const further = { domain, layout: task.how.layout };
  const said = problemsByService(asking.said)(service);
  if (!asking.node) return explainService(cluster, service, said, options, further);
  const { beyond, nodeName } = await live(service, said, asking, asking.node);
  return explainService(cluster, service, said, { ...options, nodeName }, { ...further, beyond });
}

/** A page about the owners of the address, then a page for each Service and Pod that has it. */
async function ofAddress(ip: Ip, port: number | undefined, asking: Asking): Promise<readonly Explanation[]> {
  const { cluster: snapshot, options, task } = asking;
  const proxy = { options, layout: task.how.layout };
  const claims = [...claimsTo(snapshot, ip, port), ...loopbackClaims(snapshot, ip, port, proxy)];
  const services = await Promise.all(
    claims.flatMap(({ service }) => service ?? []).map((service) => ofService(service, asking)),
  );
  const pods = claims.flatMap(({ pod }) => (pod ? [explainPod(snapshot, pod)] : []));
  return [addressPage(ip, claims), ...services, ...pods];
}

/** Compares the rules on the live node with the desired rules, and adds findings of `vipc doctor`. */
async function live(
  service: Service,
  said: readonly Diagnostic[],
  { cluster: snapshot, options: given, task, io }: Asking,
  node: NodeAtHand,
): Promise<{ readonly beyond: Beyond; readonly nodeName: string }> {
  const options = { ...given, machine: await readMachine(node.host, given, detectedOf(node)) };
  const chosen = chooseNode(snapshot.nodes, options);
  const [problem] = chosen.diagnostics.filter(({ severity }) => severity === 'error');
  if (problem) throw new Error(`${problem.message}\n  ${problem.hint}`);
  const { name } = chosen.value;
  const how = { skipInvalid: true, layout: task.how.layout, features: await featuresOf(node) };
  const { value: compiled, diagnostics } = compileSnapshot(snapshot, options, how);
  if (!compiled)
    throw new Error(diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'nothing to compare with');
  const there = await readNode(node, compiled.desired);
  const { differences } = plan(there, compiled.desired, planOptions(node, options));
  const doctor = examine(await gather(options.mode || 'iptables', task.at.netns, io));
  const found = {
    name: name || options.machine.hostname,
    rules: (await rulesAt(node, there)).value.rules,
    changes: changesOf(differences, there),
    doctor,
  };
  const about = aboutService(snapshot, service, said);
  const served = servedOn(partOf(snapshot, service), service, name, options);
  return { beyond: beyondOf(about, found, served, options), nodeName: name };
}

function missing(subject: Subject, namespace: string, { services, pods }: Snapshot): string {
  if (subject.kind === 'address') return 'nothing was found';
  const { name } = subject;
  return subject.kind === 'service'
    ? notFound('Service', name, namespace, services)
    : notFound('Pod', name, namespace, pods);
}

const NARROWEST = 60;
const WIDEST = 120;

function widthOf({ stdout }: Io): number {
  const { columns = 80 } = stdout as { readonly columns?: number };
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}
