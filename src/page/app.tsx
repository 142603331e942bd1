/**
 * app: the frame of the page: its title, the views, and the one that is shown.
 */
import { useEffect } from 'preact/hooks';
import { Changes, Drifted } from './changes.jsx';
import type { Cluster } from './cluster.js';
import { ListView } from './list.jsx';
import { NodesView } from './nodes.jsx';
import { PacketView } from './packet.jsx';
import { count } from './parts.jsx';
import { useRoute } from './route.js';
import { ThemeSwitch } from './theme.jsx';

export function App({ cluster }: { cluster: Cluster }) {
  const route = useRoute();
  const { data, snapshot } = cluster.report;
  const views = [
    ['services', 'Services'],
    ['packet', 'Packet'],
    ...(data.change ? [['changes', 'Changes'] as const] : []),
    ...(data.drift ? [['drift', 'Drift'] as const] : []),
    ...(cluster.nodes.length > 0 ? [['nodes', 'Nodes'] as const] : []),
  ] as const;
  const current = route.view === 'service' ? 'services' : route.view;
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
        {current === 'packet' ? (
          <PacketView cluster={cluster} query={route.query} />
        ) : current === 'changes' && data.change ? (
          <Changes change={data.change} />
        ) : current === 'drift' && data.drift ? (
          <Drifted drift={data.drift} />
        ) : current === 'nodes' ? (
          <NodesView cluster={cluster} />
        ) : (
          <ListView cluster={cluster} selected={route.view === 'service' ? route.rest.join('/') : undefined} />
        )}
      </main>
      <footer class="foot">Made by vipc {data.version}. This page asks nothing of any server.</footer>
    </>
  );
}

/** No link: the fragment is the route. */
function toMain(): void {
  document.getElementById('main')?.focus();
}
