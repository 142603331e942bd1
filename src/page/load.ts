/**
 * load: the report in the page: base64, gzip, JSON. Without it the page is the daemon's, which is asked for it.
 */
import type { Report } from '../report/model.js';
import { unpacked } from '../report/pack.js';

/** The report of this page. */
export async function loadReport(): Promise<Report> {
  const inPage = document.getElementById('data')?.textContent ?? '';
  const bytes = inPage === '' ? await fetched() : decoded(inPage);
  return unpacked(await unzipped(bytes));
}

/** As the daemon serves it. */
async function fetched(): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch('page/data');
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return new Uint8Array(await answer.arrayBuffer());
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64.trim());
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function unzipped(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}
