/**
 * Request: a GET that always ends. It has a deadline for its answer and one for each silence after that, and leaves no
 * connection behind.
 */
import type { ApiClient, ApiResponse } from './client.js';

/** Why a request failed. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** The HTTP status of the answer; 200 when its body makes no sense, absent when there was no answer. */
    readonly code?: number,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

export interface Deadlines {
  readonly answerMs: number;
  readonly silenceMs: number;
  /** From the first byte of the answer to the last. */
  readonly bodyMs: number;
  /** Ends the request at once. */
  readonly signal: AbortSignal;
}

/**
 * GET of `path`. `read` reads the body, or a part of it: when it returns, the connection is closed. Rejects with an
 * ApiError, or with the signal's reason.
 */
export async function request<T>(
  client: ApiClient,
  path: string,
  { answerMs, silenceMs, bodyMs, signal }: Deadlines,
  read: (body: AsyncIterable<string>) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  const late = (ms: number, what: string) =>
    setTimeout(() => controller.abort(new ApiError(`${what} within ${ms / 1000} s`)), ms);
  signal.addEventListener('abort', stop, { once: true });
  let timer = late(answerMs, 'no answer');
  let last: NodeJS.Timeout | undefined;
  try {
    const response = await client.get(path, controller.signal);
    if (response.status !== 200) throw await refusal(response);
    clearTimeout(timer);
    timer = late(silenceMs, 'not a byte');
    last = late(bodyMs, 'no end of the answer');
    return await read(decoded(response.body, () => timer.refresh()));
  } catch (error) {
    // The error of an aborted request says only that it was aborted.
    if (controller.signal.aborted) throw controller.signal.reason;
    throw error instanceof ApiError ? error : new ApiError(String((error as Error)?.message ?? error));
  } finally {
    clearTimeout(timer);
    clearTimeout(last);
    signal.removeEventListener('abort', stop);
    controller.abort();
  }
}

async function* decoded(body: AsyncIterable<Uint8Array | string>, alive: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    alive();
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
}

/** The error of an answer other than 200: the message of a Status object, or the text of a proxy before the server. */
async function refusal(response: ApiResponse): Promise<ApiError> {
  let text = '';
  for await (const chunk of decoded(response.body, () => {})) {
    text += chunk;
    if (text.length > LONGEST_REFUSAL) break;
  }
  return new ApiError(`${response.status}: ${messageOf(text)}`, response.status, response.retryAfterMs);
}

/** Characters. A Status has a few hundred. */
const LONGEST_REFUSAL = 1 << 16;

function messageOf(text: string): string {
  try {
    const { message } = Object(JSON.parse(text)) as { readonly message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // No JSON: the text is the message.
  }
  return text.trim().slice(0, 200) || 'no reason given';
}
