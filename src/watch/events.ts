/**
 * Events: the body of a watch, one JSON object a line → events, as they arrive.
 */
import { type ApiObject, checkObject, isFields, nonsense } from './objects.js';
import { ApiError } from './request.js';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: ApiObject;
}

/** Some tens of times the largest object that the API server accepts. */
const MAX_LINE = 64 << 20;

/**
 * The events in a stream. Throws an ApiError for anything else, and that of the server for an ERROR event: 410 when it no
 * longer has the version to watch from. A line that is cut off at the end is ignored: the next watch has it again.
 */
export async function* events(body: AsyncIterable<string>): AsyncGenerator<WatchEvent> {
  for await (const line of lines(body)) if (line.trim() !== '') yield parseEvent(line);
}

/** Complete lines, without their newlines. */
async function* lines(body: AsyncIterable<string>): AsyncGenerator<string> {
  let rest: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      rest.push(chunk.slice(from, end));
      yield rest.join('');
      rest = [];
      length = 0;
      from = end + 1;
    }
    rest.push(chunk.slice(from));
    length += chunk.length - from;
    if (length > MAX_LINE) throw nonsense(`the server sent a line longer than ${MAX_LINE >> 20} MiB`);
  }
}

function parseEvent(line: string): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw nonsense(`the server sent no JSON: ${line.slice(0, 80)}`);
  }
  const { type, object } = isFields(value) ? value : {};
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return { type, object: checkObject(object) };
    case 'ERROR': {
      const { code, message } = isFields(object) ? object : {};
      const status = typeof code === 'number' ? code : 500;
      throw new ApiError(`${status}: ${String(message ?? 'no reason given')}`, status);
    }
    default:
      throw nonsense(`the server sent no event: ${line.slice(0, 80)}`);
  }
}
