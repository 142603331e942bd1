/**
 * nft blocks: texts in the language of nft(8) → what they say, whatever the order and the line breaks. It knows no
 * statement, so it can judge what does.
 */

/** Each chain, set and map by its name: its properties and rules in order, its elements sorted; and each table's own. */
export function nftBlocks(text: string): Readonly<Record<string, readonly string[]>> {
  const blocks: Record<string, string[]> = {};
  const open: string[] = [];
  for (const line of elementByLine(text).split('\n')) {
    const content = line.trim();
    const [, name] = /^((?:table|chain|set|map) .*) \{$/.exec(content) ?? [];
    if (name !== undefined) {
      open.push(name);
      blocks[open.join(' ')] = [];
    } else if (content === '}') open.pop();
    else if (content !== '') blocks[open.join(' ')]?.push(content);
  }
  return blocks;
}

/** Instead of `elements = { … }` a sorted line for each element. */
function elementByLine(text: string): string {
  return text.replace(/elements = \{([^}]*)\}/g, (_, list: string) =>
    list
      .split(/,(?:\s+|$)/)
      .map((element) => element.trim())
      .filter((element) => element !== '')
      .sort()
      .map((element) => `element ${element}`)
      .join('\n'),
  );
}
