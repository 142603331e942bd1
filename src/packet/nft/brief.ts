/**
 * brief: the text of a step in nftables → what a person reads: long lists in braces are cut, the element stands apart.
 */

const BETWEEN = '   # ';

/** The text of a step: the rule, and the element of a map that decided. */
export function withElement(rule: string, element: string | undefined): string {
  return element === undefined ? rule : rule + BETWEEN + element;
}

export interface Brief {
  readonly rule: string;
  /** `# service-ips { 10.96.0.1 . tcp . 80 : goto pick/3 }` */
  readonly element?: string;
}

/** The same in two parts, the first with `{ 0 : goto slot/0, 1 : goto slot/1, and 58 more }` for a longer list. */
export function briefly(text: string): Brief {
  const at = text.lastIndexOf(BETWEEN);
  const rule = shortened(at < 0 ? text : text.slice(0, at));
  return at < 0 ? { rule } : { rule, element: text.slice(at).trim() };
}

/** The values of a list that are shown; one more is shown as well. */
const SHOWN = 3;

function shortened(rule: string): string {
  return rule.replace(/"(?:[^"\\]|\\.)*"|\{ [^{}"]* \}/g, (part) => {
    const values = part.startsWith('{') ? part.slice(2, -2).split(', ') : [];
    if (values.length <= SHOWN + 1) return part;
    return `{ ${values.slice(0, SHOWN).join(', ')}, and ${values.length - SHOWN} more }`;
  });
}

/** Whether the table of a step is one of nftables, such as `ip kube-proxy`; those of iptables have no family. */
export function isNftTable(table: string): boolean {
  return table.includes(' ');
}
