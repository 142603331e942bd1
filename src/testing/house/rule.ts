/**
 * rule: what one place of the repository may import.
 */
export interface Rule {
  readonly place: string;
  /** Our files and folders, and deterministic code: packages, and single functions of Node. */
  readonly imports: readonly string[];
  /** Nondeterministic things: files, processes, connections, clocks, randomness. A place without any is pure. */
  readonly world: readonly string[];
}

/** A rule, from names separated by blanks. */
export function rule(place: string, imports: string, world = ''): Rule {
  return { place, imports: names(imports), world: names(world) };
}

/** Names that are separated by blanks. */
export function names(text: string): readonly string[] {
  return text.split(' ').filter((name) => name !== '');
}
