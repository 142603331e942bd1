/**
 * app: the frame of the page: its title, the views, and the one that is shown.
 */
import { useEffect, useRef } from 'preact/hooks';
import { Changes, Drifted } from './changes.jsx';
import type { Cluster } from './cluster.js';
import { DaemonView } from './daemon.jsx';
import { FindingsView } from './findings.jsx';
import { ListView } from './list.jsx';
import { type Live, useLive } from './live.js';
import { NodesView } from './nodes.jsx';
import { PacketView } from './packet.jsx';
import { count } from './parts.jsx';
import { type Route, useRoute } from './route.js';
import { ThemeSwitch } from './theme.jsx';

/** `reload` reads the cluster again. */
export function App({ cluster, reload }: { cluster: Cluster; reload: () => Promise<void> }) {
  const asked = useRoute();
  const { data, snapshot } = cluster.report;
  const live = useLive(data.isServed === true);
  useReload(live, reload);
  const views = [
    ['services', 'Services'],
    ['packet', 'Packet'],
    ...(data.said.some(({ synthetic }) => !synthetic) ? [['findings', 'Findings'] as const] : []),
    ...(data.change ? [['changes', 'Changes'] as const] : []),
    ...(data.drift ? [['drift', 'Drift'] as const] : []),
    ...(cluster.nodes.length > 0 ? [['nodes', 'Nodes'] as const] : []),
    ...(data.isServed ? [['daemon', 'Daemon'] as const] : []),
  ] as const;
  const wanted = asked.view === 'service' ? 'services' : asked.view;
  const current = views.find(([view]) => view === wanted)?.[0] ?? 'services';
  // What the page does not have, such as the daemon in a file, leads to the Services.
  const route = current === wanted ? asked : { ...asked, view: current };
  useEffect(() => {
    const name = route.view === 'service' ? route.rest.join('/') : current;
    document.title = `${name} · vipc · ${data.title}`;
  });
  return (
    <>
      <button type="button" class="skip" onClick={toMain}>
        Skip to the content
      </button>
      <header class="top">
        <p class="brand">
          <strong>vipc</strong> <span class="source">{data.title}</span>
        </p>
        <nav aria-label="Views">
          {views.map(([view, text]) => (
            <a key={view} href={`#/${view}`} aria-current={view === current ? 'page' : undefined}>
              {text}
            </a>
          ))}
        </nav>
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        <p class="facts">
          {count(snapshot.services.length, 'Service')}, {count(cluster.nodes.length, 'node')}, {cluster.mode} mode
          {data.layout === undefined ? '' : `, layout ${data.layout}`}
          {data.isSimulated ? '; addresses, ports and pods that the manifests leave open are made up' : ''}
        </p>
        <View cluster={cluster} route={route} live={live} />
      </main>
      <footer class="foot">
        Made by vipc {data.version}.{' '}
        {data.isServed
          ? 'This page asks nothing but the daemon that served it.'
          : 'This page asks nothing of any server.'}
      </footer>
    </>
  );
}

function View({ cluster, route, live }: { cluster: Cluster; route: Route; live: Live | undefined }) {
  const { data } = cluster.report;
  switch (route.view) {
    case 'packet':
      return <PacketView cluster={cluster} query={route.query} />;
    case 'findings':
      return <FindingsView cluster={cluster} />;
    case 'changes':
      if (data.change) return <Changes change={data.change} />;
      break;
    case 'drift':
      if (data.drift) return <Drifted drift={data.drift} />;
      break;
    case 'nodes':
      return <NodesView cluster={cluster} />;
    case 'daemon':
      if (data.isServed) return <DaemonView live={live} />;
  }
  return <ListView cluster={cluster} selected={route.view === 'service' ? route.rest.join('/') : undefined} />;
}

/** Milliseconds between two reads of a cluster that changes all the time, and how many times as long as a read takes. */
const SELDOM = { ms: 4000, times: 20 };

/** Reads the cluster again when the daemon has another. */
function useReload(live: Live | undefined, reload: () => Promise<void>): void {
  const version = live?.kind === 'state' ? live.state.version : undefined;
  const seen = useRef({ version, next: 0 });
  useEffect(() => {
    const { current } = seen;
    if (version === undefined) return;
    current.version ??= version;
    const began = performance.now();
    if (version === current.version || began < current.next) return;
    seen.current = { version, next: Number.POSITIVE_INFINITY };
    // Without an answer the daemon's view says so.
    void reload()
      .catch(() => {})
      .then(() => {
        const now = performance.now();
        seen.current.next = now + Math.max(SELDOM.ms, SELDOM.times * (now - began));
      });
  }, [live]);
}

/** No link: the fragment is the route. */
function toMain(): void {
  document.getElementById('main')?.focus();
}
