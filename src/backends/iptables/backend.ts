/**
 * The iptables proxy mode as a backend: one artifact per family.
 */
import type { Family } from '../../ip.js';
import type { Options } from '../../options.js';
import type { Artifact, Backend, Resolved } from '../backend.js';
import { LAYOUT_NAMES, lower } from './lower.js';
import { print, toJson } from './print.js';
import { sections } from './sections.js';

export const iptables: Backend = {
  mode: 'iptables',
  layouts: LAYOUT_NAMES,
  compile: (resolved, options, layout) => resolved.map((family) => compileFamily(family, options, layout)),
};

const FILE: Readonly<Record<Family, string>> = { ipv4: 'iptables.rules', ipv6: 'ip6tables.rules' };

function compileFamily({ node, ports }: Resolved, options: Options, layout: string): Artifact {
  const ruleSet = lower(ports, node, options, layout);
  return {
    name: FILE[node.family],
    family: node.family,
    ports: ports.length,
    text: { [Symbol.iterator]: () => print(ruleSet) },
    sections,
    json: { [Symbol.iterator]: () => toJson(ruleSet) },
  };
}
