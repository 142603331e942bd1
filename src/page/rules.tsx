/**
 * rules: the lines that a node has for a Service, with a sentence about each: under the pointer or the focus, or for all.
 */
import { useState } from 'preact/hooks';
import type { Family } from '../ip.js';
import type { Block } from '../report/service.js';
import { Section } from './parts.jsx';

/** More lines are not read by anybody here. */
const MOST_LINES = 400;

const FAMILY = { ipv4: 'IPv4', ipv6: 'IPv6' } as const;

export function RuleBlocks({ blocks, node }: { blocks: ReadonlyMap<Family, readonly Block[]>; node: string }) {
  const [areAll, setAll] = useState(false);
  if (blocks.size === 0) return null;
  return (
    <Section
      title={node === '' ? 'Rules' : `Rules on ${node}`}
      note="As the tools print them. Point at a line, or go to it with Tab, to read what it says."
    >
      <label class="choose">
        <input type="checkbox" checked={areAll} onChange={() => setAll(!areAll)} /> explain every line
      </label>
      {[...blocks].map(([family, all]) => (
        <div key={family} class={areAll ? 'blocks all' : 'blocks'}>
          {blocks.size > 1 && <h3>{FAMILY[family]}</h3>}
          {cut(all).map(({ title, what, lines }) => (
            <div key={`${what} ${title}`} class="block">
              <p class="chain">
                <strong>{title}</strong> <span class="muted">{what}</span>
              </p>
              <ul class="lines">
                {lines.map(({ text, words }, i) => (
                  <li key={i}>
                    <code tabIndex={words === '' ? undefined : 0}>{text}</code>
                    {words !== '' && <p class="words">{words}</p>}
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      ))}
    </Section>
  );
}

function cut(blocks: readonly Block[]): readonly Block[] {
  let room = MOST_LINES;
  return blocks.flatMap((block) => {
    const lines = block.lines.slice(0, Math.max(0, room));
    room -= block.lines.length;
    const left = block.lines.length - lines.length;
    if (lines.length === 0) return [];
    return [left > 0 ? { ...block, lines: [...lines, { text: `… ${left} more`, words: '' }] } : block];
  });
}
