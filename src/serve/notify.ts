/**
 * notify: tells systemd that the daemon is ready, stopping, and alive (sd_notify(3)). Node has no datagram sockets, so
 * systemd-notify(1) sends the messages; the unit must allow that with NotifyAccess=all.
 */
import { execFile } from 'node:child_process';

export interface Notify {
  /** The daemon is ready, so units that depend on it may start. Pings of the watchdog, if the unit has one, begin here. */
  ready(): Promise<void>;
  stopping(): Promise<void>;
  /** The daemon reads its configuration again, until `ready`. */
  reloading(): Promise<void>;
  /** No more pings. */
  close(): void;
}

export interface NotifyOptions {
  /** Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called at the first message that cannot be sent. */
  readonly onProblem?: (message: string) => void;
  /** Sends assignments such as `READY=1`; default: systemd-notify. */
  readonly send?: (assignments: readonly string[]) => Promise<void>;
}

/** Milliseconds: a child that hangs longer is killed, since the watchdog waits for the next ping. */
const PATIENCE = 10_000;

/**
 * Sends messages if systemd has set a socket for them, else nothing. The watchdog is pinged at half of its interval, as
 * long as `isAlive`. Never rejects: the daemon works without.
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
      if (!failed) onProblem(`systemd cannot be notified: ${error instanceof Error ? error.message : error}`);
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
    // The time tells systemd that this is not an older message (Type=notify-reload).
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
