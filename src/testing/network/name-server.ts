/**
 * Independent name servers, asked with dig: each in its own network namespace, with its own directory.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../apply/host.js';
import type { QueryType } from '../../discover/dns/record.js';
import { parseIp } from '../../ip.js';
import { succeeded } from '../machine/netns.js';

/** A zone file as text. */
export interface ZoneFile {
  /** `cluster.local`, or `.` */
  readonly zone: string;
  readonly text: string;
}

export interface Asked {
  /** Absolute, unless a search path is used. */
  readonly name: string;
  readonly type: QueryType;
}

/** dig's answer to one question. */
export interface Answer {
  /** The name of the last question. */
  readonly name: string;
  readonly type: string;
  /** `NOERROR`, `NXDOMAIN` */
  readonly status: string;
  /** `name ttl type data`, addresses canonical; sorted. */
  readonly records: readonly string[];
}

/** How to start a name server: its configuration, and its command line in the directory of the zone files. */
export interface NameServer {
  readonly name: string;
  readonly config: (zones: readonly string[]) => string;
  readonly command: string;
  /** Whether it answers ANY with all records, instead of some (RFC 8482). */
  readonly any: boolean;
  /** Its status for CNAMEs that form a loop. */
  readonly loop: 'NOERROR' | 'SERVFAIL';
}

const PORT = 5300;

/** BIND 9. Its built-in empty zones would hide reverse zones. */
export const BIND: NameServer = {
  name: 'named',
  config: (zones) => `
options {
  directory "."; pid-file none; session-keyfile none;
  listen-on port ${PORT} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; empty-zones-enable no; notify no; minimal-responses yes; minimal-any no;
  max-udp-size 4096; rrset-order { order none; };
};
controls { };
${zones.map((zone) => `zone "${zone}" { type primary; file "${fileOf(zone)}"; };`).join('\n')}
`,
  command: 'named -f -n 1 -c config -L log',
  any: true,
  loop: 'SERVFAIL',
};

/** Knot DNS. */
export const KNOT: NameServer = {
  name: 'knotd',
  config: (zones) => `
server:
  rundir: "."
  listen: 127.0.0.1@${PORT}
  udp-max-payload: 4096
database:
  storage: "./database"
log:
  - target: log
    any: info
template:
  - id: default
    storage: "."
    zonefile-sync: -1
    zonefile-load: whole
zone:
${zones.map((zone) => `  - domain: "${zone}."\n    file: "${fileOf(zone)}"`).join('\n')}
`,
  command: 'mkdir -p database; knotd -c config',
  any: false,
  loop: 'NOERROR',
};

export interface Searching {
  /** The contents of resolv.conf. */
  readonly resolvConf: string;
}

/** Serves `zones` and asks each of `questions`; with `searching` like a resolver, which may ask several times. */
export async function serveAndAsk(
  host: Host,
  server: NameServer,
  zones: readonly ZoneFile[],
  questions: readonly Asked[],
  searching?: Searching,
): Promise<readonly Answer[]> {
  return inDirectory(async (directory) => {
    writeZones(directory, zones);
    writeFileSync(join(directory, 'config'), server.config(zones.map(({ zone }) => zone)));
    const flags = `+nocmd +noall +comments +question +answer ${searching ? '+search +showsearch' : '+nosearch'}`;
    const lines = questions.map(({ name, type }) => `${name} ${type} +notcp +ignore +bufsize=4096 ${flags}`);
    writeFileSync(join(directory, 'questions'), `${lines.join('\n')}\n`);
    writeFileSync(join(directory, 'resolv.conf'), searching?.resolvConf ?? '');
    const dig = `dig @127.0.0.1 -p ${PORT}`;
    const script = `
cd ${directory}
${server.command} >output 2>&1 & pid=$!
trap 'kill $pid; wait $pid' EXIT
for i in $(seq 400); do
  kill -0 $pid || { cat output >&2; grep -E 'error|critical' log >&2; exit 1; }
  # Once the last zone is there, so are the others.
  ${dig} +time=1 +tries=1 +noall +comments ${zones.at(-1)?.zone} SOA 2>/dev/null | grep -q 'status: NOERROR' && break
  sleep 0.05
done
${searching ? 'mount --bind resolv.conf /etc/resolv.conf' : ''}
${dig} -f questions
`;
    const argv = searching ? ['unshare', '--mount', 'sh', '-c', script] : ['sh', '-c', script];
    const { stdout } = succeeded(await host.run(argv), `${server.name} and dig`);
    return parseDig(stdout);
  });
}

export interface ZoneCheck {
  /** The output of named-checkzone, by line; the order of zones varies. */
  readonly said: readonly string[];
  /** The records of each zone, as it understood them. */
  readonly records: readonly (readonly string[])[];
}

/** Runs named-checkzone on each zone, two at a time. */
export async function checkZones(host: Host, zones: readonly ZoneFile[]): Promise<ZoneCheck> {
  return inDirectory(async (directory) => {
    const files = zones.map(({ zone, text }, i) => {
      writeFileSync(join(directory, `${i}.zone`), text);
      return `${i}.out ${zone} ${i}.zone\n`;
    });
    writeFileSync(join(directory, 'list'), files.join(''));
    // -i local: do not look up names outside the zone; no server is there to answer.
    const script = `cd ${directory} && xargs -P 2 -L 1 named-checkzone -i local -s full -o <list 2>&1`;
    const { stdout } = await host.run(['sh', '-c', script]);
    const records = zones.map((_, i) => linesOf(join(directory, `${i}.out`)));
    return {
      said: stdout.trim().split('\n'),
      records: records.map((lines) => lines.flatMap((line) => recordText(line) ?? []).sort()),
    };
  });
}

/** Empty when the file does not exist. */
function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
}

async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-dns-'));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeZones(directory: string, zones: readonly ZoneFile[]): void {
  for (const { zone, text } of zones) writeFileSync(join(directory, fileOf(zone)), text);
}

function fileOf(zone: string): string {
  return `${zone === '.' ? 'root' : zone}.zone`;
}

/** dig's answers, in the order of the questions. */
function parseDig(output: string): readonly Answer[] {
  return output
    .split(/^;; Got answer:$/m)
    .slice(1)
    .map((block) => {
      const [, status = ''] = /status: (\w+)/.exec(block) ?? [];
      const [, name = '', type = ''] = /^;(\S+)\s+IN\s+(\S+)$/m.exec(block) ?? [];
      if (/^;; flags: qr aa tc/m.test(block)) throw new Error(`the answer for ${name} is cut off`);
      const records = block.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
      return {
        name: name.toLowerCase(),
        type,
        status,
        records: records.flatMap((line) => recordText(line) ?? []).sort(),
      };
    });
}

/** A line of dig or of a zone file with whole names, as `name ttl type data`. */
function recordText(line: string): string | undefined {
  const [, name = '', ttl = '', type = '', data = ''] = /^(\S+)\s+(\d+)\s+IN\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  if (name === '') return undefined;
  const canonical = type === 'AAAA' ? (parseIp(data)?.text ?? data) : data.replace(/\s+/g, ' ');
  return `${name.toLowerCase()} ${ttl} ${type} ${canonical}`;
}
