/**
 * explain: the page about a Service, a Pod or an address as data. print.ts formats it; --format json prints it as is.
 */
import type { Table } from '../table.js';

/**
 * The effect of a fault on clients: `nobody` is served, `some` are not served, `load` is uneven, `none` notices it yet.
 */
export type Effect = 'nobody' | 'some' | 'load' | 'none';

/** A problem, or a remark on unexpected behaviour. */
export interface Finding {
  /** Kebab-case. */
  readonly code: string;
  /** A remark does not change the exit code. */
  readonly severity: 'problem' | 'remark';
  readonly effect: Effect;
  /** A clause that follows a colon. */
  readonly message: string;
  /** What the user can do. */
  readonly fix: string;
  /** `cluster.yaml:12:5` */
  readonly at?: string;
}

/** One question of the Kubernetes page "Debug Services" with its answer. */
export interface Answer {
  readonly question: string;
  readonly answer: 'yes' | 'no' | 'in part' | 'unknown' | 'does not apply';
  readonly text: string;
}

/** The verdict for one kind of client at one address. */
export interface Cell {
  readonly client: string;
  /** The example source address of the client. */
  readonly from: string;
  readonly address: string;
  readonly gets: 'endpoints' | 'refused' | 'dropped' | 'not translated' | 'unknown' | 'mixed' | 'not sent here';
  /** The number of endpoints that a connection may reach. */
  readonly endpoints: number;
  /** How many of them see the address of the client, because the packet is not masqueraded. */
  readonly sourceKept: number;
  /**
   * What NetworkPolicies do to it; absent when they admit it everywhere. `in part`: to some of the endpoints, or from
   * some of the Pods.
   */
  readonly policy?: { readonly admission: 'stopped' | 'in part' | 'depends'; readonly by: readonly string[] };
}

/** The verdicts on a group of nodes that all have the same ones. */
export interface Matrix {
  readonly nodes: readonly string[];
  /** `http 80/TCP, IPv4` */
  readonly port: string;
  readonly addresses: readonly string[];
  readonly cells: readonly Cell[];
}

/** An endpoint that gets no connections, for one port of the Service or for all. */
export interface Unused {
  readonly address: string;
  /** The port's name; undefined for all ports. */
  readonly port?: string;
  readonly pod: string;
  readonly node: string;
  readonly why: string;
}

/** The share of connections that each endpoint gets from clients that are spread evenly over the nodes. */
export interface Shares {
  readonly port: string;
  /** The kind of clients, as text. */
  readonly from: string;
  readonly nodes: number;
  /** The share of connections that reach no endpoint. */
  readonly lost: number;
  /** The share of each endpoint if all ready endpoints had equal shares. */
  readonly fair: number;
  readonly endpoints: readonly {
    readonly address: string;
    readonly node: string;
    readonly zone: string;
    readonly share: number;
  }[];
}

/** The result of `--live`. */
export interface OnLiveNode {
  readonly node: string;
  /** The number of lines of this Service's rules that differ. */
  readonly different: number;
  readonly lines: readonly string[];
  /** Packets that a foreign rule drops or rejects. */
  readonly stopped: readonly {
    readonly client: string;
    readonly address: string;
    readonly rule: string;
    readonly fix: string;
  }[];
  /** Conditions of rules that the evaluator does not know, on which the verdict depends. */
  readonly depends: readonly string[];
}

/** A page about one subject. */
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
  /** Further tables, such as the Services of a Pod. */
  readonly tables: readonly { readonly title: string; readonly table: Table }[];
  readonly live?: OnLiveNode;
}
