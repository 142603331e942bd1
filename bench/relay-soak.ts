/**
 * The soak of the relay: `npm run bench:relay-soak`. Ten minutes, or SOAK_SECONDS, of changes and vandalism while a thousand
 * connections stay open. Prints measurements; judges nothing.
 */
import { fileURLToPath } from 'node:url';
import { relaySoak } from '../src/testing/node/relay-soak.js';

const seconds = Number(process.env['SOAK_SECONDS'] ?? 600);
const done = await relaySoak({
  seconds,
  connections: 1000,
  name: `vipc-soak-${process.pid}`,
  vipc: fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url)),
});
const { changes, acts, asked, missing, made, descriptors, rss } = done;
console.log(`${(seconds / 60).toFixed(1)} min: ${changes} changes, ${acts} acts of vandalism, ${made} new connections`);
console.log(`1000 open connections, asked ${asked} times: ${missing} missing at worst`);
console.log(
  `descriptors ${descriptors.join(' before, ')} after; RSS ${rss.map((mb) => mb.toFixed(0)).join(' MB before, ')} MB after`,
);
