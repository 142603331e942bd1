/**
 * The iptables proxy mode as a backend: one artifact per family.
 */
import type { Backend } from '../backend.js';
import { iptablesFile } from '../shared/files.js';
import { LAYOUT_NAMES, lower } from './lower.js';

export const iptables: Backend = {
  mode: 'iptables',
  layouts: LAYOUT_NAMES,
  localPolicy: 'strict',
  admit: (resolved) => ({ value: resolved, diagnostics: [] }),
  compile: (resolved, options, layout) =>
    resolved.map(({ node, ports }) => iptablesFile(lower(ports, node, options, layout), ports.length)),
};
