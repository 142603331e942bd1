/**
 * site: what a step at a rule of iptables says about it. Most are never read, so only what is asked for is made.
 */
import type { Site } from './branch.js';
import { type IndexedChain, type IndexedRule, textIn } from './indexed.js';

/** Where a chain is. */
export type RulePlace = Pick<Site, 'table' | 'hook' | 'variant'>;

/** What a step at a rule of a chain says about it. */
export class RuleSite implements Site {
  constructor(
    private readonly place: RulePlace,
    private readonly of: IndexedChain,
    private readonly indexed: IndexedRule,
  ) {}
  get hook() {
    return this.place.hook;
  }
  get table() {
    return this.place.table;
  }
  get variant() {
    return this.place.variant;
  }
  get chain() {
    return this.of.chain.name;
  }
  get rule() {
    return this.indexed.place + 1;
  }
  get text() {
    return textIn(this.of, this.indexed);
  }
  get owner() {
    return this.indexed.owner ?? this.of.chain.owner;
  }
  get passed() {
    return this.indexed.place;
  }
}
