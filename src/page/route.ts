/**
 * route: what is shown, in the fragment of the address: it works for a file, and can be sent to others.
 *
 *     #/services  #/service/default/web  #/packet?from=…&to=…  #/changes  #/nodes  #/daemon
 */
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  readonly view: string;
  /** The parts behind it. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

/** The route of an address's fragment. */
function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/').map(plain);
  return { view: view === '' ? 'services' : view, rest, query: new URLSearchParams(query) };
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The route of the page, now and when it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return routeOf(hash);
}

/** Goes to another address of the page, as a link does, before the next frame. */
export function go(hash: string): void {
  location.hash = hash;
  // The browser's own event may come later.
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** The address of a Service's page. */
export function serviceHref(key: string): string {
  return `#/service/${key.split('/').map(encodeURIComponent).join('/')}`;
}
