/**
 * endpoints: who serves, with which share, and which endpoints get nothing, and why.
 */
import { useMemo } from 'preact/hooks';
import { aboutService } from '../explain/about.js';
import type { Explanation } from '../explain/types.js';
import { useOf } from '../report/endpoint-use.js';
import type { Subject } from '../report/service.js';
import { Badge, count, Section, Table } from './parts.jsx';

/** More rows are more than a page can show well. */
const MOST = 250;

export function Endpoints({ subject, page }: { subject: Subject; page: Explanation }) {
  const { endpoints } = useMemo(() => aboutService(subject.report.snapshot, subject.service, []), [subject]);
  const known = new Set(endpoints.map(({ address }) => address));
  const strays = page.unused.filter(({ address }) => !known.has(address));
  const ports = subject.service.spec.ports.length;
  const shown = endpoints.slice(0, MOST);
  if (shown.length + strays.length === 0) return null;
  const rows = [
    ...shown.map(({ address, pod, endpoint }) => {
      const { used, why } = useOf({ ports, unused: page.unused.filter((each) => each.address === address) });
      return [
        <code key="address">{address}</code>,
        pod?.metadata.name ?? endpoint.pod ?? '',
        endpoint.nodeName ?? '',
        <Badge key="state" tone={TONE[used]}>
          {used}
        </Badge>,
        why,
      ];
    }),
    ...strays.map(({ address, pod, node, why }) => [
      <code key="address">{address}</code>,
      pod,
      node,
      <Badge key="state" tone="bad">
        not used
      </Badge>,
      why,
    ]),
  ];
  return (
    <Section title="Endpoints">
      <Table about="Endpoints" head={['Endpoint', 'Pod', 'Node', 'State', 'Why']} rows={rows} />
      {endpoints.length > MOST && <p class="note">and {count(endpoints.length - MOST, 'more', 'more')}</p>}
      <Shares page={page} />
    </Section>
  );
}

const TONE = { used: 'good', 'used in part': 'warn', 'not used': 'bad' } as const;

/** Of connections over all nodes; where all endpoints have the same share there is nothing to see. */
function Shares({ page: { shares } }: { page: Explanation }) {
  const uneven = shares.filter(
    ({ fair, lost, endpoints }) => lost > 0 || endpoints.some(({ share }) => Math.abs(share - fair) > 0.001),
  );
  return (
    <>
      {uneven.map(({ port, from, nodes, lost, fair, endpoints }) => (
        <div key={`${port} ${from}`} class="group">
          <h3>
            {port}: shares of connections from {from}
          </h3>
          <p class="note">
            {count(nodes, 'node')}; {percent(fair)} each would be even.
            {lost > 0 && ` ${percent(lost)} of connections reach no endpoint.`}
          </p>
          <ul class="bars">
            {endpoints.slice(0, MOST).map(({ address, node, share }) => (
              <li key={address}>
                <span class="bar" style={{ width: `${Math.min(100, share * 100)}%` }} />
                <span>
                  <code>{address}</code> {node} <strong>{percent(share)}</strong>
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
