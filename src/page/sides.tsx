/**
 * sides: what several nodes do with the connections of a Service, side by side.
 */
import { useMemo, useState } from 'preact/hooks';
import { sideBySide } from '../report/nodes.js';
import type { Subject } from '../report/service.js';
import type { Cluster } from './cluster.js';
import { Badge, Section, Table } from './parts.jsx';

const MOST_NODES = 4;
const MOST_ENDPOINTS = 100;

const MARKS = {
  here: <Badge tone="good">yes, its own</Badge>,
  yes: <Badge tone="good">yes</Badge>,
  no: <Badge>no</Badge>,
} as const;

export function NodesBeside({ cluster, subject }: { cluster: Cluster; subject: Subject }) {
  const [nodes, setNodes] = useState<readonly string[]>(subject.nodes.slice(0, 3));
  const { part, service, report } = subject;
  const sides = useMemo(
    () => sideBySide(part, service, nodes, report.data.options, cluster.localPolicy),
    [subject, nodes, cluster],
  );
  const toggle = (node: string) =>
    setNodes(nodes.includes(node) ? nodes.filter((each) => each !== node) : [...nodes, node].slice(-MOST_NODES));
  const name = (node: string) => node || 'another node';
  if (sides.addresses.length === 0) return null;
  return (
    <Section title="Nodes side by side">
      {subject.nodes.length > nodes.length || subject.nodes.length > 1 ? (
        <fieldset class="chips">
          <legend>Nodes, up to {MOST_NODES}</legend>
          {subject.nodes.slice(0, 60).map((node) => (
            <label key={node} class="chip">
              <input type="checkbox" checked={nodes.includes(node)} onChange={() => toggle(node)} /> {name(node)}
            </label>
          ))}
        </fieldset>
      ) : null}
      <Table
        about="What nodes do at each address"
        head={['Address', ...sides.nodes.map(name)]}
        rows={sides.addresses.map(({ address, goesTo }) => [address, ...goesTo.map((text) => text || '–')])}
      />
      {sides.endpoints.length > 0 && (
        <Table
          about="Which endpoints nodes send to"
          head={['Sends to', ...sides.nodes.map(name)]}
          rows={sides.endpoints
            .slice(0, MOST_ENDPOINTS)
            .map(({ address, from }) => [<code key="address">{address}</code>, ...from.map((each) => MARKS[each])])}
        />
      )}
    </Section>
  );
}
