/**
 * cli: `vipc sync`, the daemon, and its signals.
 */

import { stat } from 'node:fs/promises';
import pino from 'pino';
import { apply } from '../apply/apply.js';
import type { Host } from '../apply/host.js';
import { backendFor } from '../backends/index.js';
import { hasErrors } from '../diag.js';
import { EMPTY_STATE } from '../diff/plan.js';
import { sentence } from '../files.js';
import type { Options } from '../options.js';
import { notifier } from '../serve/notify.js';
import { type Daemon, type DaemonParts, startDaemon } from '../sync/daemon.js';
import { type Logger, say } from '../sync/log.js';
import { newRelayProcess, type RelayProcess } from '../sync/relay-process.js';
import { showRelay } from '../sync/relay-socket.js';
import { readFiles } from '../watch/files.js';
import { EXIT, type Io } from './io.js';
import { LINE, type LogFormat } from './log-lines.js';
import { featuresOf, mustHaveNft, openNode, planOptions, relaySocketOf, targetOf, withLock } from './node.js';
import { type ChangeFlags, type ChangeTask, changeTask } from './node-task.js';
import { loadOptions } from './options.js';
import { builtPage } from './page.js';
import { kubeProxyWarning } from './proxies.js';
import { report } from './report.js';
import { type SourceFlags, sourceOf } from './sync-source.js';
import { version } from './version.js';

export interface SyncFlags extends ChangeFlags, SourceFlags {
  readonly cleanupOnExit?: boolean;
  readonly page?: boolean;
  readonly logFormat: LogFormat;
}

/** Runs until a signal ends it; returns the exit code. */
export async function runSync(flags: SyncFlags, io: Io): Promise<number> {
  mustFit(flags);
  const hungUp = onHangUp();
  const task = await changeTask([], flags, io);
  const { options: loaded } = task;
  await report(loaded.diagnostics, task.how.verbose, io);
  if (hasErrors(loaded.diagnostics)) return EXIT.different;
  if (flags.snapshot && !(await isUsable(flags.snapshot, flags, io))) return EXIT.trouble;
  return withLock(task, io, async (lock) => {
    const node = await openNode(task, io, lock);
    if (backendFor(loaded.value.mode)?.tools.includes('nft')) mustHaveNft(node);
    const log = newLog(flags);
    for (const warning of await kubeProxyWarning(node.host, task.at.netns)) say(log, warning);
    let daemon: Daemon | undefined;
    const relay = await openRelay(node.host, task, io, log, () => daemon?.refresh());
    // The relay's process and socket would keep a daemon running that could not start.
    try {
      const target = {
        ...targetOf({ ...node, host: relay.host }, task, io),
        onWait: (what: string) => log.warn(what),
      };
      const { openSource, nodeName } = await sourceOf(flags, node, loaded.value, log);
      const named = (options: Options): Options => (nodeName === undefined ? options : { ...options, nodeName });
      daemon = await startDaemon({
        target,
        features: await featuresOf(node),
        chainsPerCommit: planOptions(node, loaded.value).chainsPerCommit,
        layout: task.how.layout,
        options: named(loaded.value),
        relay,
        openSource,
        log,
        page: pageFor(flags, log),
      });
      log.info({ iptables: node.used?.iptables.variant, nft: node.nft?.version, ...daemon.ports }, 'started');
      const notify = notifier(daemon.isAlive, { onProblem: (message) => log.warn(message) });
      void daemon.ready.then(() => notify.ready());
      const signal = await untilTold(daemon, named, loaded.value, flags, log, hungUp);
      log.info({ signal, cleanup: flags.cleanupOnExit === true }, 'stopping');
      await notify.stopping();
      await daemon.stop();
      if (flags.cleanupOnExit) await apply(target, EMPTY_STATE, planOptions(node, loaded.value));
      notify.close();
      return EXIT.ok;
    } finally {
      relay.close();
    }
  });
}

/** The relay, which is shown to other vipc commands on the node as far as that is possible. */
async function openRelay(
  host: Host,
  { at: { netns } }: ChangeTask,
  io: Io,
  log: Logger,
  onLost: () => void,
): Promise<Pick<RelayProcess, 'host' | 'counts' | 'close'>> {
  const relay = newRelayProcess(host, {
    netns,
    failed: ({ why, left, ...failure }) =>
      log.warn({ ...failure, ...(left && { alsoNot: left }) }, `a connection was not served: ${why}`),
    onEnd: (why) => {
      log.error(`the relay has ended, and its connections: ${why}`);
      onLost();
    },
  });
  const shown = await showRelay(await relaySocketOf(netns, io), relay.host);
  if ('problem' in shown) log.warn(`vipc diff --live and others cannot see the relay: ${shown.problem}`);
  return {
    host: relay.host,
    counts: relay.counts,
    close: () => {
      relay.close();
      if ('close' in shown) shown.close();
    },
  };
}

/** Throws for flags that do not go together. */
function mustFit({ snapshot, kubeconfig, strict, namespace }: SyncFlags): void {
  if (snapshot && kubeconfig !== undefined) throw new Error('use either --snapshot or --kubeconfig, not both');
  if (strict && !snapshot) throw new Error('--strict goes with --snapshot: an API has admitted its objects');
  if (!snapshot && namespace !== undefined) throw new Error('-n goes with --snapshot');
}

/** The page at `/` of the metrics address; a daemon without it does all else. */
function pageFor({ page = false }: SyncFlags, log: Logger): DaemonParts['page'] {
  try {
    return { parts: builtPage(), version: version(), isOpen: page };
  } catch (error) {
    log.warn(`no page at the metrics address: ${sentence(error)}`);
    return undefined;
  }
}

/** Listens for SIGHUP from now on; one that comes before `act` is known is handled then. */
function onHangUp(): (act: () => void) => void {
  let act: (() => void) | undefined;
  let missed = false;
  process.on('SIGHUP', () => {
    missed ||= !act;
    act?.();
  });
  return (next) => {
    act = next;
    if (missed) next();
  };
}

/** Reading a FIFO again would block everything until there is a writer. */
async function mustBeFile(path: string | undefined): Promise<void> {
  if (path !== undefined && !(await stat(path)).isFile()) throw new Error(`${path} is no file that can be read again`);
}

/** Everything is logged to standard error; a log line is complete when write returns. */
function newLog({ verbose, logFormat }: SyncFlags): Logger {
  const stderr = pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level: verbose ? 'debug' : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => void stderr.write(LINE[logFormat](line)) },
  );
}

/** Whether there is a usable snapshot to begin with; problems are reported. */
async function isUsable(paths: readonly string[], flags: SyncFlags, io: Io): Promise<boolean> {
  if (paths.includes('-')) throw new Error('--snapshot must name files: standard input cannot be read again');
  const { snapshot, diagnostics } = await readFiles(paths, flags);
  // The daemon logs these diagnostics itself.
  if (!snapshot) await report(diagnostics, flags.verbose === true, io);
  return snapshot !== undefined;
}

/**
 * Resolves with the signal that ends it. A second signal ends it at once; SIGHUP makes it read the configuration again.
 */
function untilTold(
  daemon: Daemon,
  named: (options: Options) => Options,
  began: Options,
  flags: SyncFlags,
  log: Logger,
  hungUp: (act: () => void) => void,
): Promise<string> {
  const reload = async (): Promise<void> => {
    try {
      await mustBeFile(flags.config);
      const { value, diagnostics } = await loadOptions(flags);
      const [error] = diagnostics.filter(({ severity }) => severity === 'error');
      if (error) {
        say(log, { ...error, message: `the configuration stays as it was: ${error.message}` });
        return;
      }
      daemon.configure(named(value));
      log.info('configuration read again');
      const moved = (['healthz', 'metrics'] as const).filter(
        (name) => JSON.stringify(value.daemon[name]) !== JSON.stringify(began.daemon[name]),
      );
      if (moved.length > 0) log.warn(`where it listens for ${moved.join(' and ')} changes when it is started again`);
    } catch (error) {
      log.error(`the configuration stays as it was: ${sentence(error)}`);
    }
  };
  let reloading = Promise.resolve();
  hungUp(() => {
    reloading = reloading.then(reload);
  });
  return new Promise((resolve) => {
    let told = false;
    const end = (signal: string): void => {
      if (told) process.exit(EXIT.trouble);
      told = true;
      resolve(signal);
    };
    // Not `once`: execa also listens while a tool runs, and ends the process when it finds no other listener.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  });
}
