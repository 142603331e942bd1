/**
 * cli: `vipc sync`, the daemon: the source of its objects, and its signals.
 */

import { stat } from 'node:fs/promises';
import pino from 'pino';
import { apply } from '../apply/apply.js';
import { readMachine } from '../apply/read.js';
import { backendFor } from '../backends/index.js';
import { hasErrors } from '../diag.js';
import { EMPTY_STATE } from '../diff/plan.js';
import { sentence } from '../files.js';
import type { Options } from '../options.js';
import type { Metrics } from '../serve/metrics.js';
import { notifier } from '../serve/notify.js';
import { type Daemon, type DaemonParts, startDaemon } from '../sync/daemon.js';
import { type Logger, say } from '../sync/log.js';
import { newRelayProcess } from '../sync/relay-process.js';
import { showRelay } from '../sync/relay-socket.js';
import { newWatchLog } from '../sync/watch-log.js';
import { type ApiClient, connect } from '../watch/client.js';
import { readFiles, watchFiles } from '../watch/files.js';
import { watchCluster } from '../watch/source.js';
import { EXIT, type Io } from './io.js';
import { LINE, type LogFormat } from './log-lines.js';
import {
  featuresOf,
  mustHaveNft,
  type NodeAtHand,
  openNode,
  planOptions,
  relaySocketOf,
  targetOf,
  withLock,
} from './node.js';
import { type ChangeFlags, changeTask } from './node-task.js';
import { loadOptions } from './options.js';
import { report } from './report.js';

export interface SyncFlags extends ChangeFlags {
  readonly snapshot?: readonly string[];
  readonly kubeconfig?: string;
  readonly cleanupOnExit?: boolean;
  readonly logFormat: LogFormat;
}

/** Runs until a signal ends it; returns the exit code. */
export async function runSync(flags: SyncFlags, io: Io): Promise<number> {
  if (flags.snapshot && flags.kubeconfig !== undefined) {
    throw new Error('use either --snapshot or --kubeconfig, not both');
  }
  if (flags.strict && !flags.snapshot)
    throw new Error('--strict goes with --snapshot: an API has admitted its objects');
  if (!flags.snapshot && flags.namespace !== undefined) throw new Error('-n goes with --snapshot');
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
    let daemon: Daemon | undefined;
    const relay = newRelayProcess(node.host, {
      netns: task.at.netns,
      failed: ({ why, ...failure }) => log.warn(failure, `a connection was not served: ${why}`),
      onEnd: (why) => {
        log.error(`the relay has ended, and its connections: ${why}`);
        daemon?.refresh();
      },
    });
    const shown = await showRelay(await relaySocketOf(task.at.netns, io), relay.host);
    if ('problem' in shown) log.warn(`vipc diff --live and others cannot see the relay: ${shown.problem}`);
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
    relay.close();
    if ('close' in shown) shown.close();
    return EXIT.ok;
  });
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

interface Opened {
  /** Begins to fill the daemon's store. */
  readonly openSource: DaemonParts['openSource'];
  /** The node's name, when the source is limited to it. */
  readonly nodeName?: string;
}

/** The source of objects: files, or the API. */
async function sourceOf(flags: SyncFlags, node: NodeAtHand, options: Options, log: Logger): Promise<Opened> {
  const { snapshot: paths, kubeconfig, namespace, strict = false } = flags;
  if (paths) {
    return {
      openSource: (store, report) =>
        watchFiles({
          paths,
          namespace,
          strict,
          onSnapshot: store.replaceSnapshot,
          onProblems: (found) => report('snapshot', found),
        }),
    };
  }
  const client = await connect(kubeconfig);
  // Like kube-proxy: hostnameOverride, else the host's name.
  const nodeName = options.nodeName || (await readMachine(node.host)).hostname.toLowerCase();
  log.info({ server: client.server, node: nodeName }, 'watching');
  return {
    openSource: (store, _, { requested, watchFailing }) => {
      const onState = newWatchLog({ log, onFailing: watchFailing });
      const also = backendFor(options.mode)?.also ?? [];
      return watchCluster(counted(client, requested), { nodeName, also, sink: store, onState });
    },
    nodeName,
  };
}

/** The same client; it reports each request to `requested`, as client-go counts them. */
function counted(client: ApiClient, requested: Metrics['requested']): ApiClient {
  const { host } = new URL(client.server);
  const told = (code: string) => requested({ code, host, method: 'GET' });
  return {
    ...client,
    get: (path, signal) =>
      client.get(path, signal).then(
        (answer) => {
          told(String(answer.status));
          return answer;
        },
        (error: unknown) => {
          told('<error>');
          throw error;
        },
      ),
  };
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
