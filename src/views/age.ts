/**
 * views: ages as kubectl prints them, with two or three significant digits (k8s.io/apimachinery/pkg/util/duration,
 * HumanDuration). In: a timestamp of the API, and the current time.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `5d`; `<unknown>` without a valid timestamp. */
export function ageOf(created: string | undefined, now: number): string {
  const then = /^\d{4}-\d\d-\d\dT/.test(created ?? '') ? Date.parse(created ?? '') : Number.NaN;
  return Number.isNaN(then) ? '<unknown>' : humanDuration(now - then);
}

/** Milliseconds as kubectl shows them: `90s`, `3m5s`, `7h30m`, `2d4h`, `3y2d`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / SECOND);
  // Clocks differ slightly.
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const minutes = Math.floor(milliseconds / MINUTE);
  const hours = Math.floor(milliseconds / HOUR);
  const days = Math.floor(hours / 24);
  const step = STEPS.find(({ below }) => milliseconds < below);
  return step ? step.text({ seconds, minutes, hours, days }) : `${Math.floor(days / 365)}y`;
}

interface Units {
  readonly seconds: number;
  readonly minutes: number;
  readonly hours: number;
  readonly days: number;
}

/** The format of durations below each limit; longer ones are shown in years. */
const STEPS: readonly { readonly below: number; readonly text: (units: Units) => string }[] = [
  { below: 2 * MINUTE, text: ({ seconds }) => `${seconds}s` },
  { below: 10 * MINUTE, text: ({ minutes, seconds }) => `${minutes}m${rest(seconds % 60, 's')}` },
  { below: 3 * HOUR, text: ({ minutes }) => `${minutes}m` },
  { below: 8 * HOUR, text: ({ hours, minutes }) => `${hours}h${rest(minutes % 60, 'm')}` },
  { below: 48 * HOUR, text: ({ hours }) => `${hours}h` },
  { below: 8 * 24 * HOUR, text: ({ days, hours }) => `${days}d${rest(hours % 24, 'h')}` },
  { below: 2 * 365 * 24 * HOUR, text: ({ days }) => `${days}d` },
  { below: 8 * 365 * 24 * HOUR, text: ({ days }) => `${Math.floor(days / 365)}y${rest(days % 365, 'd')}` },
];

function rest(value: number, unit: string): string {
  return value === 0 ? '' : `${value}${unit}`;
}
