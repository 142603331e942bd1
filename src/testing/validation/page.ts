/**
 * docs/validation.md, as text.
 */
import { IP_ADDRESS, NAMESPACE, SERVICE_CIDR, SERVICE_EXPORT, SERVICE_IMPORT } from './cluster.js';
import { ENDPOINT_SLICE, ENDPOINTS } from './endpoints.js';
import { INGRESS, NETWORK_POLICY } from './networking.js';
import { NODE } from './nodes.js';
import { POD, POD_TEMPLATE, REPLICATION_CONTROLLER, STATEFUL_SET } from './pods.js';
import { type KindRules, type Rule, type Says, SOURCES } from './rule.js';
import { SERVICE } from './service.js';

/** In the order of the page. */
export const RULES: readonly KindRules[] = [
  SERVICE,
  ENDPOINT_SLICE,
  ENDPOINTS,
  NODE,
  POD,
  STATEFUL_SET,
  REPLICATION_CONTROLLER,
  POD_TEMPLATE,
  INGRESS,
  NETWORK_POLICY,
  NAMESPACE,
  SERVICE_CIDR,
  IP_ADDRESS,
  SERVICE_EXPORT,
  SERVICE_IMPORT,
];

const INTRODUCTION = `# What is checked of each field

vipc takes an object as an API server would: first defaults, then rules. What an API server refuses is an error. So is any
value of the wrong type, a required field that is missing, and a name given twice. The tables have the fields that vipc reads;
of the others it knows the names, all the way down: one that the API does not have is a warning, with what was probably meant.

- **error**: whoever sent the object, for the value could not be used.
- **error; warning if admitted**: a warning on an object that an API server has admitted, which carries a uid and a
  resourceVersion as in dumps and in the daemon. Such an object is older than the rule, or came another way, and kube-proxy
  uses it as it is; so does vipc. A field that it has and vipc does not know is of another version of the API, so that is
  a warning only where it is nearly one that vipc knows.
- **warning**: \`--strict\` makes these errors too.

This page is printed from the tables in \`src/testing/validation\`, and every row of them is a test.
`;

const SAYS: Readonly<Record<Says, string>> = {
  error: 'error',
  refused: 'error; warning if admitted',
  warning: 'warning',
};

/** The whole page. */
export function page(): string {
  const sources = Object.entries(SOURCES).map(([name, path]) => `- ${name}: ${path}`);
  const legend = `## Sources\n\nIn \`k8s.io/kubernetes/pkg\`, unless they begin otherwise:\n\n${sources.join('\n')}\n`;
  return [INTRODUCTION, ...RULES.map(section), legend].join('\n');
}

function section({ kind, apiVersion, about, rules }: KindRules): string {
  const rows = rules.map((rule) => cells(rule));
  const table = [['field', 'default', 'rule', 'vipc says', 'source'], ['---', '---', '---', '---', '---'], ...rows];
  const lines = table.map((row) => `| ${row.join(' | ')} |`);
  return `## ${kind} ${apiVersion}\n\n${about === undefined ? '' : `${about}\n\n`}${lines.join('\n')}\n`;
}

function cells({ field, absent, rule, says, source }: Rule): readonly string[] {
  return [field, absent?.is ?? '', rule, SAYS[says], source];
}
