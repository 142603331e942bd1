import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type NotifyOptions, notifier } from './notify.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const SOCKET = { NOTIFY_SOCKET: '/run/systemd/notify' };

function recorded(env: NotifyOptions['env'], alive: () => boolean = () => true) {
  const sent: string[] = [];
  const send = async (assignments: readonly string[]) => void sent.push(assignments.join(' '));
  return { sent, notify: notifier(alive, { env: env ?? {}, send }) };
}

describe('notifier', () => {
  it('tells systemd what happens', async () => {
    const { sent, notify } = recorded(SOCKET);
    await notify.ready();
    await notify.reloading();
    await notify.ready();
    await notify.stopping();
    notify.close();
    expect(sent).toEqual([
      'READY=1',
      expect.stringMatching(/^RELOADING=1 MONOTONIC_USEC=\d+$/),
      'READY=1',
      'STOPPING=1',
    ]);
  });

  it('sends nothing where there is no systemd', async () => {
    const { sent, notify } = recorded({ WATCHDOG_USEC: '1000000' });
    await notify.ready();
    await notify.stopping();
    jest.advanceTimersByTime(10_000);
    expect(sent).toEqual([]);
  });

  it('pings the watchdog at half its interval, once it is ready and as long as it lives', async () => {
    let alive = true;
    const { sent, notify } = recorded({ ...SOCKET, WATCHDOG_USEC: '20000000' }, () => alive);
    jest.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    await notify.ready();
    await notify.ready();
    jest.advanceTimersByTime(30_000);
    expect(sent.slice(2)).toEqual(['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
    alive = false;
    jest.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(5);
    alive = true;
    jest.advanceTimersByTime(10_000);
    expect(sent).toHaveLength(6);
    notify.close();
    jest.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(6);
  });

  it.each([
    ['no number', { WATCHDOG_USEC: 'soon' }],
    ['off', { WATCHDOG_USEC: '0' }],
    ['for another process', { WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' }],
  ])('does not ping when the interval is %s', async (_, env) => {
    const { sent, notify } = recorded({ ...SOCKET, ...env });
    await notify.ready();
    jest.advanceTimersByTime(10_000);
    expect(sent).toEqual(['READY=1']);
  });

  it('goes on when systemd cannot be notified, and reports it once', async () => {
    const problems: string[] = [];
    const send = async () => Promise.reject(new Error('no such program'));
    const notify = notifier(() => true, { env: SOCKET, send, onProblem: (message) => void problems.push(message) });
    await notify.ready();
    await notify.stopping();
    expect(problems).toEqual(['systemd cannot be notified: no such program']);
  });
});
