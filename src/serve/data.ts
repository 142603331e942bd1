/**
 * data: a report → the compressed data of a page, in slices of a few milliseconds: between two of them the daemon does
 * what is due.
 */
import { createGzip, type Gzip } from 'node:zlib';
import type { Report } from '../report/model.js';
import { packed } from '../report/pack.js';

/** Milliseconds of computing at a time. */
const SLICE = 5;

/** Characters given to the compressor at once; it works in a thread. */
const CHUNK = 1 << 16;

/** The packed report, compressed with gzip. */
export async function packedSlowly(report: Report): Promise<Uint8Array> {
  const gzip = createGzip({ level: 3 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<void>((resolve, reject) => {
    gzip.once('end', resolve);
    gzip.once('error', reject);
  });
  let [text, since] = ['', performance.now()];
  for (const piece of packed(report)) {
    text += piece;
    if (text.length >= CHUNK) {
      await write(gzip, text);
      text = '';
    }
    if (performance.now() - since < SLICE) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
  gzip.end(text);
  await done;
  return Buffer.concat(chunks);
}

function write(gzip: Gzip, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (gzip.write(text)) resolve();
    else gzip.once('drain', resolve);
  });
}
