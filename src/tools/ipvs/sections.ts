/**
 * Virtual servers as text → sections for review, one per virtual server.
 */
import { ownerName } from '../../owner.js';
import type { Section } from '../../text.js';
import { printService } from './print.js';
import type { VirtualServer } from './types.js';

/** Splits `ipvsadm --save -n` text; sections of virtual servers in `known` carry their owner. */
export function sectionsOf(known: readonly VirtualServer[]): (text: string) => readonly Section[] {
  const owners = new Map(known.map((server) => [printService(server), server.owner && ownerName(server.owner)]));
  return (text) => {
    const found: { title: string; service?: string; lines: string[] }[] = [{ title: 'settings', lines: [] }];
    for (const line of text.split('\n')) {
      const title = /^-A (\S+ \S+)/.exec(line)?.[1];
      const service = owners.get(title ?? '');
      if (title !== undefined) found.push({ title, ...(service === undefined ? {} : { service }), lines: [line] });
      else if (line !== '') found.at(-1)?.lines.push(line);
    }
    return found.filter(({ lines }) => lines.length > 0);
  };
}
