/**
 * nodes: the nodes of the cluster, and which Services some of them treat in different ways, side by side.
 */
import { useState } from 'preact/hooks';
import { differing } from '../report/nodes.js';
import type { Cluster } from './cluster.js';
import { Badge, count, Section, Table, useLater } from './parts.jsx';
import { serviceHref } from './route.js';

/** More columns do not fit beside each other. */
const MOST_CHOSEN = 4;

export function NodesView({ cluster }: { cluster: Cluster }) {
  const [chosen, setChosen] = useState<readonly string[]>(cluster.nodes.slice(0, 2).map(({ name }) => name));
  const toggle = (name: string) =>
    setChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name].slice(-MOST_CHOSEN));
  return (
    <>
      <Section title="Nodes" note={`Choose up to ${MOST_CHOSEN} to see side by side what they do.`}>
        <Table
          about="Nodes"
          head={['Node', 'Side by side', 'Addresses', 'Pods', 'Zone', 'Endpoints']}
          rows={cluster.nodes.map(({ name, zone, addresses, podCIDRs, isReady, endpoints }) => [
            <>
              {name} {!isReady && <Badge tone="bad">not ready</Badge>}
            </>,
            <label key="choose" class="choose">
              <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />
              <span class="hidden">{name} side by side</span>
            </label>,
            addresses.join(', '),
            podCIDRs.join(', '),
            zone,
            endpoints.toLocaleString('en'),
          ])}
        />
      </Section>
      {chosen.length > 1 && <Differences cluster={cluster} nodes={chosen} />}
    </>
  );
}

const MOST_ROWS = 200;

function Differences({ cluster, nodes }: { cluster: Cluster; nodes: readonly string[] }) {
  const { report, localPolicy } = cluster;
  const found = useLater(() => differing(report.snapshot, nodes, report.data.options, localPolicy), [cluster, nodes]);
  if (!found) return <p class="wait">Comparing …</p>;
  const { value } = found;
  return (
    <Section
      title="Services that they do not treat alike"
      note={
        value.length === 0
          ? 'None: these nodes send every connection to the same endpoints.'
          : `${count(value.length, 'ServicePort')}.`
      }
    >
      {value.length > 0 && (
        <Table
          about="Services that nodes treat in different ways"
          head={['Service', ...nodes]}
          rows={value.slice(0, MOST_ROWS).map(({ key, name, does }) => [
            <a key="link" href={serviceHref(key)}>
              {name}
            </a>,
            ...does,
          ])}
        />
      )}
      {value.length > MOST_ROWS && <p class="note">and {count(value.length - MOST_ROWS, 'more', 'more')}</p>}
    </Section>
  );
}
