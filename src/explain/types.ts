/**
 * explain: what is said of a Service, a Pod or an address, as plain data. print.ts makes the text of it, JSON is the data.
 */
import type { Table } from '../table.js';

/**
 * What a fault does to clients: `nobody` is served, `some` are not, `load` is spread unevenly, or `none` of them notices yet.
 */
export type Effect = 'nobody' | 'some' | 'load' | 'none';

/** Something that is wrong, or that may surprise. */
export interface Finding {
  /** Kebab-case. */
  readonly code: string;
  /** A remark is no reason to fail. */
  readonly severity: 'problem' | 'remark';
  readonly effect: Effect;
  /** What is so; a clause that follows a colon. */
  readonly message: string;
  /** What to do. */
  readonly fix: string;
  /** `cluster.yaml:12:5` */
  readonly at?: string;
}

/** One question of the page "Debug Services", and what is known of it. */
export interface Answer {
  readonly question: string;
  readonly answer: 'yes' | 'no' | 'in part' | 'unknown' | 'does not apply';
  readonly text: string;
}

/** What one kind of client gets at one address. */
export interface Cell {
  readonly client: string;
  /** The address that stands for such clients. */
  readonly from: string;
  readonly address: string;
  readonly gets: 'endpoints' | 'refused' | 'dropped' | 'not translated' | 'unknown' | 'mixed' | 'not sent here';
  /** How many endpoints it may reach. */
  readonly endpoints: number;
  /** Of those, how many see the address of the client. */
  readonly sourceKept: number;
}

/** What clients get on nodes that treat the Service alike. */
export interface Matrix {
  readonly nodes: readonly string[];
  /** `http 80/TCP, IPv4` */
  readonly port: string;
  readonly addresses: readonly string[];
  readonly cells: readonly Cell[];
}

export interface Unused {
  readonly address: string;
  readonly pod: string;
  readonly node: string;
  readonly why: string;
}

/** What share of connections each endpoint gets, of clients that are spread over the nodes. */
export interface Shares {
  readonly port: string;
  /** Where connections begin. */
  readonly from: string;
  readonly nodes: number;
  /** Of all connections, those that reach none. */
  readonly lost: number;
  /** Equal shares of the endpoints that are ready. */
  readonly fair: number;
  readonly endpoints: readonly {
    readonly address: string;
    readonly node: string;
    readonly zone: string;
    readonly share: number;
  }[];
}

/** What the rules of a live node say. */
export interface OnLiveNode {
  readonly node: string;
  /** Lines that differ, of this Service. */
  readonly different: number;
  readonly lines: readonly string[];
  /** Ways of packets that rules of others stop. */
  readonly stopped: readonly { readonly client: string; readonly address: string; readonly rule: string }[];
  /** What it depends on that is not known, of rules of others. */
  readonly depends: readonly string[];
}

/** A page. */
export interface Explanation {
  readonly subject: string;
  readonly verdict: string;
  readonly findings: readonly Finding[];
  readonly fields: readonly { readonly label: string; readonly text: string }[];
  readonly matrices: readonly Matrix[];
  readonly unused: readonly Unused[];
  readonly shares: readonly Shares[];
  readonly names: readonly { readonly name: string; readonly leadsTo: string }[];
  readonly questions: readonly Answer[];
  /** Other tables, such as of what a Pod serves. */
  readonly tables: readonly { readonly title: string; readonly table: Table }[];
  readonly live?: OnLiveNode;
}
