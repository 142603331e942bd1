/**
 * notify: tells systemd that the daemon is ready, stops, and lives (sd_notify(3)). The socket is one for datagrams, which
 * Node has not, so systemd-notify(1) speaks for us; the unit must allow that with NotifyAccess=all.
 */
import { execFile } from 'node:child_process';

export interface Notify {
  /** What was to be done before others may start is done. Pings of the watchdog, if one is wanted, begin here. */
  ready(): Promise<void>;
  stopping(): Promise<void>;
  /** The configuration is read again; `ready` ends that. */
  reloading(): Promise<void>;
  /** No more pings. */
  close(): void;
}

export interface NotifyOptions {
  /** Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told, once, when nothing can be told. */
  readonly onProblem?: (message: string) => void;
  /** Sends assignments such as `READY=1`; default: systemd-notify. */
  readonly send?: (assignments: readonly string[]) => Promise<void>;
}

/** A child that hangs would let the watchdog bite; milliseconds. */
const PATIENCE = 10_000;

/**
 * Tells systemd, when it wants to be told; else nothing happens. The watchdog is pinged at half of the interval it asks
 * for, as long as `isAlive` says so. Never rejects: the daemon works without.
 */
export function notifier(isAlive: () => boolean, options: NotifyOptions = {}): Notify {
  const { env = process.env, onProblem = () => {} } = options;
  const { send = (assignments) => systemdNotify(assignments, env) } = options;
  let timer: NodeJS.Timeout | undefined;
  let failed = false;

  const tell = async (...assignments: readonly string[]): Promise<void> => {
    if (!env.NOTIFY_SOCKET) return;
    try {
      await send(assignments);
    } catch (error) {
      if (!failed) onProblem(`systemd cannot be told: ${error instanceof Error ? error.message : error}`);
      failed = true;
    }
  };
  const ping = (): void => {
    if (isAlive()) void tell('WATCHDOG=1');
  };

  return {
    ready: async () => {
      await tell('READY=1');
      const interval = watchdogInterval(env);
      if (interval !== undefined && env.NOTIFY_SOCKET) timer ??= setInterval(ping, interval / 2).unref();
    },
    stopping: () => tell('STOPPING=1'),
    // systemd wants to know that this is not an older message (Type=notify-reload).
    reloading: () => tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    close: () => clearInterval(timer),
  };
}

/** Milliseconds; undefined when there is no watchdog, or it watches another process (sd_watchdog_enabled(3)). */
function watchdogInterval({ WATCHDOG_USEC, WATCHDOG_PID }: NonNullable<NotifyOptions['env']>): number | undefined {
  if (!/^[1-9]\d{0,14}$/.test(WATCHDOG_USEC ?? '')) return undefined;
  if (WATCHDOG_PID && WATCHDOG_PID !== String(process.pid)) return undefined;
  // setTimeout takes 31 bits.
  return Math.min(Number(WATCHDOG_USEC) / 1000, 2 ** 31 - 1);
}

function systemdNotify(assignments: readonly string[], env: NonNullable<NotifyOptions['env']>): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('systemd-notify', [...assignments], { env, timeout: PATIENCE }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
