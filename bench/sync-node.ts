/**
 * Nodes for bench:sync: network namespaces, and a host that measures its programs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Host, netnsHost } from '../src/apply/host.js';

/** The programs so far. */
export interface Tools {
  /** When the last one ended, as performance.now() has it, and what this process had computed by then. */
  readonly ended: number;
  readonly computed: NodeJS.CpuUsage;
  /** The time in all of them. */
  readonly milliseconds: number;
}

/** A host that may record the input of its programs. */
export function watch(host: Host) {
  const dir = mkdtempSync(`${tmpdir()}/vipc-bench-`);
  const recorded: { readonly argv: readonly string[]; readonly file: string }[] = [];
  let isRecording = false;
  let tools: Tools = { ended: 0, computed: process.cpuUsage(), milliseconds: 0 };
  function* copied(chunks: Iterable<string>, file: string): Generator<string> {
    for (const chunk of chunks) {
      writeFileSync(file, chunk, { flag: 'a' });
      yield chunk;
    }
  }
  return {
    host: {
      run: (argv, stdin = '') => {
        const isRecorded = isRecording && typeof stdin !== 'string';
        const file = `${dir}/${recorded.length}`;
        if (isRecorded) recorded.push({ argv, file });
        const start = performance.now();
        return host.run(argv, isRecorded ? copied(stdin, file) : stdin).then((outcome) => {
          const ended = performance.now();
          const milliseconds = tools.milliseconds + ended - start;
          tools = { ended, milliseconds, computed: process.cpuUsage() };
          return outcome;
        });
      },
    } satisfies Host,
    tools: () => tools,
    record: (on: boolean) => {
      isRecording = on;
    },
    /** The milliseconds that the programs take with the recorded input. */
    replay: async ({ run }: Host): Promise<number> => {
      let total = 0;
      for (const { argv, file } of recorded) {
        const text = readFileSync(file, 'utf8');
        const start = performance.now();
        await run(argv, text);
        total += performance.now() - start;
      }
      rmSync(dir, { recursive: true });
      return total;
    },
  };
}

let made = 0;

/** Runs `use` with a network namespace of its own. */
export async function inNetns<T>(use: (host: Host) => Promise<T>): Promise<T> {
  const name = `vipc-bench-${process.pid}-${made++}`;
  execFileSync('ip', ['netns', 'add', name]);
  try {
    return await use(netnsHost(name));
  } finally {
    execFileSync('ip', ['netns', 'del', name]);
  }
}
