/**
 * Crowd: many connections at once, or one with many bytes, between network namespaces. Perl forks for each; these are one
 * process each.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Echoes every connection; begins with its own address. Packets of UDP come back after it. */
const SERVER = `
  const [port, ...addresses] = process.argv.slice(1);
  const { createServer } = require('node:net');
  for (const address of addresses) {
    const packets = require('node:dgram').createSocket('udp4');
    packets.on('message', (packet, { port, address: to }) => packets.send(address + ' ' + packet, port, to));
    packets.bind(Number(port), address);
  }
  let left = addresses.length;
  for (const address of addresses)
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.write(address + '\\n');
      socket.pipe(socket);
    }).listen({ port, host: address, backlog: 65535 }, () => --left === 0 && console.log('ready'));
`;

/** Opens COUNT connections, 500 at a time, and keeps them: says how many were answered, then echoes its input on each. */
const CLIENTS = `
  const [host, port, count] = process.argv.slice(1);
  const { connect } = require('node:net');
  const sockets = [];
  const tally = {};
  const more = () => {
    if (sockets.length === Number(count)) return;
    const socket = connect({ host, port });
    sockets.push(socket);
    socket.once('data', (data) => { const name = String(data).trim(); tally[name] = (tally[name] ?? 0) + 1; end(); });
    socket.once('error', ({ code }) => { tally[code] = (tally[code] ?? 0) + 1; });
    socket.once('close', () => { socket.isGone = true; if (socket.bytesRead === 0) end(); });
  };
  let ended = 0;
  const end = () => { more(); if (++ended === Number(count)) console.log(JSON.stringify(tally)); };
  for (let i = 0; i < 500; i++) more();
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const alive = sockets.filter(({ isGone }) => !isGone);
    let answers = 0;
    const done = () => console.log(JSON.stringify({ alive: alive.length, answers }));
    if (alive.length === 0) done();
    for (const socket of alive) {
      socket.once('data', () => { if (++answers === alive.length) done(); });
      socket.write(line + '\\n');
    }
  }).on('close', () => process.exit());
`;

/** Begins COUNT flows of UDP and keeps them: a line for its input, too, says how many were answered by which server. */
const FLOWS = `
  const [host, port, count] = process.argv.slice(1);
  const sockets = Array.from({ length: Number(count) }, () => require('node:dgram').createSocket('udp4'));
  const ask = (line) => {
    const tally = {};
    let answers = 0;
    for (const socket of sockets) {
      socket.removeAllListeners('message');
      socket.once('message', (data) => {
        const name = String(data).split(' ')[0];
        tally[name] = (tally[name] ?? 0) + 1;
        if (++answers === sockets.length) console.log(JSON.stringify(tally));
      });
      socket.send(line, Number(port), host);
    }
  };
  ask('hello');
  require('node:readline').createInterface({ input: process.stdin }).on('line', ask).on('close', () => process.exit());
`;

/** Sends MEGABYTES to an echo, ends its direction, and compares what comes back. */
const BULK = `
  const [host, port, megabytes] = process.argv.slice(1);
  const { createHash } = require('node:crypto');
  const [sent, got] = [createHash('sha256'), createHash('sha256')];
  const socket = require('node:net').connect({ host, port, allowHalfOpen: true });
  const block = Buffer.alloc(1e6);
  let left = Number(megabytes), bytes = 0, isFirst = true;
  const fill = () => {
    for (; left > 0; left--) {
      block.writeUInt32LE(left, 0);
      sent.update(block);
      if (!socket.write(Buffer.from(block))) { left--; socket.once('drain', fill); return; }
    }
    socket.end();
  };
  socket.on('data', (data) => {
    if (isFirst) { isFirst = false; const at = data.indexOf(10) + 1; data = data.subarray(at); fill(); }
    bytes += data.length;
    got.update(data);
  });
  const began = performance.now();
  const say = (why) => { console.log(JSON.stringify({ bytes, seconds: (performance.now() - began) / 1000, isSame: why ?? sent.digest('hex') === got.digest('hex') })); process.exit(); };
  socket.on('end', () => say());
  socket.on('error', ({ code }) => say(code));
`;

export interface Crowd {
  /** The next line that it prints. */
  readonly line: () => Promise<string>;
  readonly write: (line: string) => void;
  readonly end: () => void;
}

function start(netns: string, script: string, args: readonly (string | number)[]): Crowd {
  const argv = ['netns', 'exec', netns, process.execPath, '-e', script, '--', ...args.map(String)];
  const child: ChildProcess = spawn('ip', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  const take = (line: string): void => {
    const next = waiting.shift();
    if (next) next(line);
    else lines.push(line);
  };
  if (child.stdout) createInterface({ input: child.stdout }).on('line', take);
  child.once('close', () => take('it has ended'));
  return {
    line: () => {
      const [line] = lines.splice(0, 1);
      return line === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(line);
    },
    write: (line) => void child.stdin?.write(`${line}\n`),
    end: () => void child.kill('SIGKILL'),
  };
}

/** A server that echoes, at each address; resolves when it listens. */
export async function echoServer(netns: string, port: number, addresses: readonly string[]): Promise<Crowd> {
  const server = start(netns, SERVER, [port, ...addresses]);
  const said = await server.line();
  if (said !== 'ready') throw new Error(`no server in ${netns}: ${said}`);
  return server;
}

/** Connections that stay open; its first line says how many got which server, every line written is asked on each. */
export function manyClients(netns: string, host: string, port: number, count: number): Crowd {
  return start(netns, CLIENTS, [host, port, count]);
}

/** Flows of UDP that stay; its first line, and one for each line written, says how many got which server. */
export function manyFlows(netns: string, host: string, port: number, count: number): Crowd {
  return start(netns, FLOWS, [host, port, count]);
}

/** What an echo makes of many bytes: how many came back, in what time, and whether they are the same. */
export async function bulk(netns: string, host: string, port: number, megabytes: number): Promise<Moved> {
  return JSON.parse(await start(netns, BULK, [host, port, megabytes]).line()) as Moved;
}

interface Moved {
  readonly bytes: number;
  readonly seconds: number;
  readonly isSame: boolean;
}

/** How long COUNT new connections take until they are answered, so many AT ONCE; in milliseconds, and seconds in total. */
const PACE = `
  const [host, port, count, atOnce] = process.argv.slice(1);
  const { connect } = require('node:net');
  const times = [];
  const began = performance.now();
  let started = 0;
  const next = () => {
    if (started++ >= Number(count)) return;
    const at = performance.now();
    const socket = connect({ host, port });
    socket.on('error', ({ code }) => { console.log(code); process.exit(1); });
    socket.once('data', () => {
      times.push(performance.now() - at);
      socket.resetAndDestroy();
      if (times.length < Number(count)) return next();
      const seconds = (performance.now() - began) / 1000;
      times.sort((a, b) => a - b);
      const of = (share) => times[Math.floor(times.length * share)];
      console.log(JSON.stringify({ p50: of(0.5), p99: of(0.99), seconds }));
      process.exit();
    });
  };
  for (let i = 0; i < Number(atOnce); i++) next();
`;

export interface Pace {
  readonly p50: number;
  readonly p99: number;
  readonly seconds: number;
}

/** New connections, `atOnce` at a time, each until its first byte. */
export async function pace(netns: string, host: string, port: number, count: number, atOnce: number): Promise<Pace> {
  return JSON.parse(await start(netns, PACE, [host, port, count, atOnce]).line()) as Pace;
}

/**
 * How many connections of TCP, and how many flows of UDP, `count` connections through one process are: a connection takes
 * two of its descriptors, and where it may not have so many, some are flows, which take one.
 */
export function connections(count: number): { readonly tcp: number; readonly udp: number } {
  const [, hard] = /^Max open files +\S+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  const udp = Math.max(10, 2 * Math.ceil((2 * count - (Number(hard) - 100)) / 2));
  if (udp > count / 2) throw new Error(`${count} connections need more than ${hard} open files`);
  return { tcp: count - udp, udp };
}
