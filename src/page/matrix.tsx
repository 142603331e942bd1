/**
 * matrix: who reaches the Service where: kinds of clients × addresses.
 */
import { alike } from '../explain/print-matrix.js';
import type { Cell, Explanation, Matrix } from '../explain/types.js';
import { Badge, count, Section, Table, type Tone } from './parts.jsx';

export function Matrices({ page: { matrices } }: { page: Explanation }) {
  if (matrices.length === 0) return null;
  return (
    <Section
      title="Who reaches it"
      note="The first packet of a connection of each kind of client, followed through the rules."
    >
      {alike(matrices).map(({ matrix, ports }) => (
        <div key={`${matrix.port} ${matrix.nodes.join()}`} class="group">
          <h3>
            {ports.join('; alike ')} on {named(matrix.nodes)}
          </h3>
          <MatrixTable matrix={matrix} />
        </div>
      ))}
    </Section>
  );
}

function MatrixTable({ matrix: { cells, addresses, port } }: { matrix: Matrix }) {
  const clients = [...new Set(cells.map(({ client }) => client))];
  return (
    <Table
      about={`Who reaches ${port}`}
      head={['Client', ...addresses]}
      rows={clients.map((client) => [
        client,
        ...addresses.map((address) => {
          const cell = cells.find((each) => each.client === client && each.address === address);
          return cell ? <CellView key={address} cell={cell} /> : '';
        }),
      ])}
    />
  );
}

const TONES: Readonly<Record<Cell['gets'], Tone>> = {
  endpoints: 'good',
  refused: 'bad',
  dropped: 'bad',
  'not translated': 'plain',
  unknown: 'warn',
  mixed: 'warn',
  'not sent here': 'plain',
};

function CellView({ cell: { gets, endpoints, sourceKept, policy } }: { cell: Cell }) {
  if (gets !== 'endpoints') return <Badge tone={TONES[gets]}>{gets}</Badge>;
  const source = sourceKept === endpoints ? 'source kept' : sourceKept === 0 ? 'masqueraded' : 'source kept by some';
  return (
    <>
      <Badge tone={policy?.admission === 'stopped' ? 'bad' : 'good'}>{count(endpoints, 'endpoint')}</Badge>{' '}
      <span class={sourceKept === endpoints ? 'muted' : 'masked'}>{source}</span>
      {policy && (
        <span class="muted">
          , {policy.admission} by policy {policy.by.join(', ')}
        </span>
      )}
    </>
  );
}

function named(nodes: readonly string[]): string {
  return nodes.length <= 4 ? nodes.join(', ') : `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more`;
}
