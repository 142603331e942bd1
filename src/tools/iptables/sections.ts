/**
 * Rules as text → sections for review. It reads no more of the language than the chain of a line and its comment, so it
 * takes apart goldens that the compiler would not write today as well.
 */
import type { Section } from '../../text.js';

/** The chains of iptables-save text; lines of a shared chain that name a Service are sections of their own. */
export function sections(text: string): readonly Section[] {
  const byKey = new Map<string, { title: string; service?: string; lines: string[] }>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const chain = /^(?:-A |:)(\S+)/.exec(line)?.[1];
    if (chain === undefined) continue;
    // The header of a shared chain belongs to no Service, that of a Service's own chain to it (its hash tells).
    const service = serviceIn(line);
    const key = `${table} ${chain} ${isOwnChain(chain) ? '' : (service ?? '')}`;
    const section = byKey.get(key);
    if (section) {
      section.lines.push(line);
      if (service !== undefined) section.service ??= service;
    } else {
      byKey.set(key, { title: `${table} ${chain}`, ...(service === undefined ? {} : { service }), lines: [line] });
    }
  }
  return adopt([...byKey.values()]);
}

function isOwnChain(chain: string): boolean {
  return /^KUBE-(SVC|SVL|SEP|EXT|FW)-/.test(chain);
}

/** `default/web:http` in the rule's comment. */
function serviceIn(line: string): string | undefined {
  const comment = /--comment (?:"([^"]*)"|(\S+))/.exec(line);
  return /(?:^|\s)([a-z0-9.-]+\/[a-z0-9-]+(?::[a-z0-9-]+)?)(?=\s|$)/.exec(comment?.[1] ?? comment?.[2] ?? '')?.[1];
}

/** Chains without comments, as in large clusters, belong to the Service whose rule jumps to them. */
function adopt(found: readonly Section[]): readonly Section[] {
  const owner = new Map<string, string>();
  const chainOf = (section: Section) => section.title.slice(section.title.indexOf(' ') + 1);
  for (let pass = 0; pass < 3; pass++) {
    for (const section of found) {
      const service = section.service ?? owner.get(chainOf(section));
      if (service === undefined) continue;
      for (const line of section.lines) {
        const target = / -j (\S+)$/.exec(line)?.[1];
        if (target && isOwnChain(target)) owner.set(target, service);
      }
    }
  }
  return found.map((section) => {
    const service = section.service ?? owner.get(chainOf(section));
    return service === undefined ? section : { ...section, service };
  });
}
