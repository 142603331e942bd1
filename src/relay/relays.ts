/**
 * relays: the listeners of a node, as texts of tools/relay say what they are to be. One state in, one state out; what
 * failed is told by line, as tools do.
 *
 *     listen …   opens a listener, or changes what it serves; its connections stay
 *     close …    closes one, and with the last of a Service's port its connections
 *     leave …    closes one; its connections go on
 */
import { contains, joinHostPort, parseCidr, parseIp } from '../ip.js';
import { ownerName } from '../owner.js';
import { render } from '../text.js';
import { parse, readKey } from '../tools/relay/parse.js';
import { print } from '../tools/relay/print.js';
import { type Listener, listenerKey } from '../tools/relay/types.js';
import type { Owner } from './attempts.js';
import { newPool, type Pool } from './pool.js';
import type { Client, Count, Counts, Failure, Relay } from './types.js';

/** How listeners are opened; a listener that cannot be is a problem. */
export type Open = (
  listener: () => Listener,
  ownerFor: (client: Client) => Owner | undefined,
  lost: (why: string, client?: Client) => void,
) => Promise<Relay | { readonly problem: string }>;

export interface Relays {
  /** Carries out the lines of a change in order; undefined, or what failed: `line 3 failed: the port is taken`. */
  readonly change: (text: string) => Promise<string | undefined>;
  /** The listeners as text. */
  readonly show: () => string;
  readonly counts: () => Counts;
}

export interface RelaysOptions {
  readonly open: Open;
  readonly now: () => number;
  readonly failed: (failure: Failure) => void;
  /** Descriptors that open connections may have; what would need more is refused. */
  readonly most: number;
  /** Resolves when listeners have taken the connections that the kernel accepted for them: it resets those of a closed one. */
  readonly taken: () => Promise<void>;
}

/** A listener that is open. */
interface Opened {
  listener: Listener;
  relay: Relay;
}

type Tally = { -readonly [K in keyof Count]: Count[K] };

interface State {
  readonly options: RelaysOptions;
  readonly opened: Map<string, Opened>;
  /** Of listeners that were left; connections of a Service's port may be open there. */
  readonly left: Map<string, Set<Relay>>;
  readonly pools: Map<string, Pool>;
  readonly tallies: Map<string, Tally>;
  /** What was tried for a client that is not served yet. */
  readonly tried: WeakMap<Client, readonly string[]>;
  /** Descriptors of open connections. */
  descriptors: number;
}

/** Those of one: a connection of TCP has a socket for each of its ends, a flow of UDP shares its listener's. */
const DESCRIPTORS = { tcp: 2, udp: 1 } as const;

/** A relay without listeners. */
export function newRelays(options: RelaysOptions): Relays {
  const state: State = {
    options,
    opened: new Map(),
    left: new Map(),
    pools: new Map(),
    tallies: new Map(),
    tried: new WeakMap(),
    descriptors: 0,
  };
  return {
    change: (text) => change(state, text),
    show: () => render(print([...state.opened.values()].map(({ listener }) => listener))),
    counts: () => Object.fromEntries(state.tallies),
  };
}

async function change(state: State, text: string): Promise<string | undefined> {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const end = endOf(lines, at);
    const problem = await carryOut(state, lines.slice(at, end));
    if (problem !== undefined) return `line ${at + 1} failed: ${problem}`;
    at = end;
  }
  return undefined;
}

/** Where the command that begins at line `at` ends. */
function endOf(lines: readonly string[], at: number): number {
  let end = at + 1;
  while (lines[end]?.startsWith('  ')) end++;
  return end;
}

async function carryOut(state: State, lines: readonly string[]): Promise<string | undefined> {
  const [first = ''] = lines;
  if (first === '') return undefined;
  const [, verb, rest = ''] = /^(close|leave) (.+)$/.exec(first) ?? [];
  if (verb !== undefined) {
    const key = readKey(rest);
    if (!key) return 'not a listener';
    await state.options.taken();
    shut(state, listenerKey(key), verb === 'close');
    return undefined;
  }
  const { value, diagnostics } = parse(lines.join('\n'));
  const [listener] = value;
  if (!listener || diagnostics.length > 0) return diagnostics[0]?.message ?? 'not a listener';
  return serve(state, listener);
}

/** Opens a listener, or changes what is behind it. Without endpoints it accepts nobody, and open connections stay. */
async function serve(state: State, listener: Listener): Promise<string | undefined> {
  const key = listenerKey(listener);
  const there = state.opened.get(key);
  const pool = state.pools.get(poolKey(listener)) ?? newPool(state.options.now);
  pool.update(
    listener.endpoints.map(({ ip, port }) => ({ address: ip, port })),
    listener.affinity,
  );
  if (there && accepts(there.listener) === accepts(listener)) {
    state.pools.set(poolKey(listener), pool);
    there.listener = listener;
    return undefined;
  }
  const opened: Opened = { listener, relay: NOBODY };
  if (accepts(listener)) {
    const relay = await state.options.open(
      () => opened.listener,
      (client) => ownerFor(state, opened.listener, client),
      (why, client) => lose(state, opened.listener, why, client),
    );
    if ('problem' in relay) return relay.problem;
    opened.relay = relay;
  } else if (there) {
    await state.options.taken();
    leave(state, there);
  }
  state.pools.set(poolKey(listener), pool);
  state.opened.set(key, opened);
  tallyOf(state, listener);
  return undefined;
}

function accepts({ endpoints }: Listener): boolean {
  return endpoints.length > 0;
}

/** Of a listener that is not open. */
const NOBODY: Relay = { open: () => 0, leave: () => {}, close: () => {} };

/** Lets nobody in any more; the listeners of the Service's port that were left before. */
function leave({ left }: State, { listener, relay }: Opened): ReadonlySet<Relay> {
  relay.leave();
  const name = portKey(listener);
  const busy = [...(left.get(name) ?? []), relay].filter((each) => each.open() > 0);
  const now = new Set(busy);
  left.set(name, now);
  return now;
}

/** Closes a listener; `isGone`: with its Service's port, so that connections end with the last listener. */
function shut(state: State, key: string, isGone: boolean): void {
  const there = state.opened.get(key);
  if (!there) return;
  state.opened.delete(key);
  const { listener } = there;
  const left = leave(state, there);
  const name = portKey(listener);
  const others = [...state.opened.values()].map((each) => each.listener);
  if (!others.some((each) => poolKey(each) === poolKey(listener))) state.pools.delete(poolKey(listener));
  if (others.some((each) => portKey(each) === name)) return;
  if (isGone) for (const each of left) each.close();
  if (isGone) state.tallies.delete(name);
  state.left.delete(name);
}

/** A Service's port in one family. */
function portKey({ owner, protocol, address }: Listener): string {
  return `${ownerName(owner)} ${protocol} ${address.includes(':') ? 'IPv6' : 'IPv4'}`;
}

function poolKey(listener: Listener): string {
  return `${portKey(listener)} ${listener.policy}`;
}

function tallyOf(state: State, listener: Listener): Tally {
  const key = portKey(listener);
  const tally = state.tallies.get(key) ?? { connections: 0, failed: 0, retried: 0, open: 0 };
  state.tallies.set(key, tally);
  return tally;
}

/** How a client is served; undefined when it is not. */
function ownerFor(state: State, listener: Listener, client: Client): Owner | undefined {
  const tally = tallyOf(state, listener);
  tally.connections++;
  const refuse = (why: string): undefined => void lose(state, listener, why, client);
  if (!isClient(listener, client)) return refuse('its address is in no source range');
  const needed = DESCRIPTORS[listener.protocol];
  if (state.descriptors + needed > state.options.most)
    return refuse(`connections have ${state.descriptors} open files, the most there may be is ${state.options.most}`);
  const pool = state.pools.get(poolKey(listener));
  if (!pool) return refuse('the listener is being closed');
  state.descriptors += needed;
  tally.open++;
  const tried: string[] = [];
  state.tried.set(client, tried);
  return {
    pick: () => pool.pick(client.address),
    failed: (endpoint, problem) => {
      tally.retried++;
      tried.push(`${joinHostPort(endpoint.address, endpoint.port)}: ${problem}`);
      pool.failed(client.address, endpoint);
    },
    ended: () => {
      state.descriptors -= needed;
      tally.open--;
    },
  };
}

function isClient({ clients }: Listener, { address }: Client): boolean {
  if (!clients) return true;
  const ip = parseIp(address);
  return clients.some((text) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && ip?.family === cidr.family && contains(cidr, ip);
  });
}

function lose(state: State, listener: Listener, why: string, client: Client | undefined): void {
  tallyOf(state, listener).failed++;
  const tried = (client && state.tried.get(client)) ?? [];
  const from = client ? joinHostPort(client.address, client.port) : '';
  state.options.failed({ service: ownerName(listener.owner), client: from, why, tried });
}
