/**
 * The soak: `npm run bench:soak`. Runs the daemon for half an hour, or SOAK_SECONDS, under 100 changes a second, in
 * bursts, and vandalism: 100 Services in one namespace, or as SOAK_CHANGES, SOAK_SERVICES and SOAK_NAMESPACES say. Prints
 * measurements; judges nothing.
 */
import { fileURLToPath } from 'node:url';
import { soak } from '../src/testing/node/soak.js';

const given = (name: string, usual: number) => Number(process.env[`SOAK_${name}`] ?? usual);
const seconds = given('SECONDS', 1800);
const started = Date.now();
const done = await soak({
  seconds,
  warmUpSeconds: Math.min(300, seconds / 3),
  services: given('SERVICES', 100),
  namespaces: given('NAMESPACES', 1),
  changesPerSecond: given('CHANGES', 100),
  vandalSeconds: 3,
  vipc: fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url)),
});
const { first, last } = done.rss;
console.log(
  `${((Date.now() - started) / 60_000).toFixed(1)} min: ${done.changes} changes, ${done.acts} acts of vandalism`,
);
console.log(`${done.syncs} syncs, ${done.failed} failed, ${done.drift} reports of drift`);
console.log(`RSS ${first.toFixed(0)} MB at first, ${last.toFixed(0)} MB at last: ${(last / first).toFixed(2)}`);
console.log(`${done.cpu.toFixed(0)} s of computing, ${((done.cpu * 1000) / done.changes).toFixed(2)} ms a change`);
console.log(`/healthz: ${JSON.stringify(done.healthz)}`);
console.log(
  `${done.difference.length === 0 ? `in sync ${done.settled.toFixed(1)} s after the last change` : done.difference.join('\n')}`,
);
