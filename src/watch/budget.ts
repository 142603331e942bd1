/**
 * Budget: a client that reads a cluster once, and gives up when the server sends more than any cluster has, or the same
 * without end.
 */
import type { ApiClient, ApiResponse } from './client.js';
import { ApiError } from './request.js';

/** The limit of all answers together. */
export interface Budget {
  readonly bytes: number;
  readonly requests: number;
}

/** Ten times a cluster of 10,000 Services; a JavaScript string holds no more. */
const CLUSTER: Budget = { bytes: 500 << 20, requests: 5000 };

/** The same server. A request after the budget is spent, and the same request again, fail with an ApiError. */
export function limited(client: ApiClient, { bytes, requests }: Budget = CLUSTER): ApiClient {
  const asked = new Set<string>();
  let left = bytes;
  async function* counted(body: ApiResponse['body']): AsyncGenerator<Uint8Array | string> {
    for await (const chunk of body) {
      left -= chunk.length;
      if (left < 0) throw new ApiError(`the server sends more than the ${bytes >> 20} MiB that are read`);
      yield chunk;
    }
  }
  return {
    server: client.server,
    get: async (path, signal) => {
      if (asked.has(path)) throw new ApiError('the server gives the same continue token again and again');
      if (asked.size >= requests) throw new ApiError(`the server has no last page: ${requests} were read`);
      asked.add(path);
      const answer = await client.get(path, signal);
      const body = counted(answer.body);
      return { ...answer, body, text: () => textOf(body) };
    },
  };
}

async function textOf(body: AsyncIterable<Uint8Array | string>): Promise<string> {
  let text = '';
  for await (const chunk of body) text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
  return text;
}
