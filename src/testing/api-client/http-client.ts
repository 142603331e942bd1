/**
 * A client for the test API server over plain HTTP, without credentials: what connect() makes, without a kubeconfig.
 */

import type { ApiClient } from '../../watch/client.js';
import { send } from '../../watch/client.js';

/** The server at `url`, over plain HTTP. */
export function httpClient(url: string): ApiClient {
  return { server: url, get: (path, signal) => send(url + path, { signal, agent: false }) };
}
