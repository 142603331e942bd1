/**
 * Rules as text → sections for review. It reads only the chain and the comment of a line, so it can also split goldens
 * that the compiler would no longer write.
 */
import type { Section } from '../../text.js';

/** Whether a chain belongs to one Service, by its name. */
export type IsServiceChain = (chain: string) => boolean;

/** A line of iptables-save, with its Service where that is known. */
export interface ChainLine {
  readonly table: string;
  readonly chain: string;
  readonly text: string;
  /** `default/web:http` */
  readonly service?: string | undefined;
}

/** The chains of iptables-save text; lines of a shared chain that name a Service are sections of their own. */
export function sections(text: string, isServiceChain: IsServiceChain): readonly Section[] {
  return sectionsOf(linesIn(text), isServiceChain);
}

function* linesIn(text: string): Generator<ChainLine> {
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const chain = /^(?:-A |:)(\S+)/.exec(line)?.[1];
    if (chain !== undefined) yield { table, chain, text: line };
  }
}

/** The same for lines. */
export function sectionsOf(lines: Iterable<ChainLine>, isServiceChain: IsServiceChain): readonly Section[] {
  const byKey = new Map<string, { title: string; service?: string; lines: string[] }>();
  for (const { table, chain, text, service = serviceIn(text) } of lines) {
    // The header of a shared chain belongs to no Service; that of a Service's own chain belongs to the Service.
    const key = `${table} ${chain} ${isServiceChain(chain) ? '' : (service ?? '')}`;
    const section = byKey.get(key);
    if (section) {
      section.lines.push(text);
      if (service !== undefined) section.service ??= service;
    } else {
      byKey.set(key, { title: `${table} ${chain}`, ...(service === undefined ? {} : { service }), lines: [text] });
    }
  }
  return adopt([...byKey.values()], isServiceChain);
}

/** `default/web:http` in the rule's comment: the only trace of the Service in a line read from a node. */
function serviceIn(line: string): string | undefined {
  const comment = /--comment (?:"([^"]*)"|(\S+))/.exec(line);
  return /(?:^|\s)([a-z0-9.-]+\/[a-z0-9-]+(?::[a-z0-9-]+)?)(?=\s|$)/.exec(comment?.[1] ?? comment?.[2] ?? '')?.[1];
}

/** A chain without comments, as in large clusters, belongs to the Service whose rule jumps to it. */
function adopt(found: readonly Section[], isServiceChain: IsServiceChain): readonly Section[] {
  const owner = new Map<string, string>();
  const chainOf = (section: Section) => section.title.slice(section.title.indexOf(' ') + 1);
  // A tree leads to an entrance, that to the chain of the endpoints, and that to at most three more.
  for (let pass = 0, known = -1; pass < 6 && known < owner.size; pass++) {
    known = owner.size;
    for (const section of found) {
      const service = section.service ?? owner.get(chainOf(section));
      if (service === undefined) continue;
      for (const line of section.lines) {
        const target = / -[jg] (\S+)$/.exec(line)?.[1];
        if (target && isServiceChain(target)) owner.set(target, service);
      }
    }
  }
  return found.map((section) => {
    const service = section.service ?? owner.get(chainOf(section));
    return service === undefined ? section : { ...section, service };
  });
}
