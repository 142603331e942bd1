/**
 * ways: the way of one kind of client of a Service, drawn, with a choice of the client and of what it connects to.
 */
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { OnNode } from '../explain/on-nodes.js';
import type { Unused } from '../explain/types.js';
import { unusedAddress } from '../explain/unused.js';
import { type Choice, choicesOf, type Subject } from '../report/service.js';
import { Drawing } from './drawing.jsx';
import { Section, Select } from './parts.jsx';

export function WaysView(props: {
  subject: Subject;
  on: OnNode;
  nodeChoice: ComponentChildren;
  unused: readonly Unused[];
}) {
  const { subject, on, nodeChoice, unused } = props;
  const choices = useMemo(() => choicesOf(subject, on), [subject, on]);
  const [wanted, setWanted] = useState<Wanted>({});
  const found = chosen(choices, wanted);
  const ways = useMemo(() => found.choice?.ways(), [found.choice]);
  if (choices.length === 0) return null;
  const select = (label: string, field: keyof Wanted, values: readonly string[]) => (
    <Select
      label={label}
      value={found[field]}
      options={values.map((value) => [value, value] as const)}
      onChange={(value) => setWanted({ ...wanted, [field]: value })}
    />
  );
  return (
    <Section title="The way of a connection">
      <div class="filters">
        {select('Client', 'client', found.clients)}
        {select('Connects to', 'address', found.addresses)}
        {found.ports.length > 1 && select('Port', 'port', found.ports)}
        {nodeChoice}
      </div>
      {ways ? (
        <Drawing
          ways={ways}
          about={`${found.client} to ${found.address}, on ${on.node || 'a node without endpoints'}`}
        />
      ) : (
        <p class="empty">No packet of this kind can be sent.</p>
      )}
      {unused.length > 0 && <NotUsed unused={unused} />}
    </Section>
  );
}

const MOST_UNUSED = 12;

function NotUsed({ unused }: { unused: readonly Unused[] }) {
  return (
    <div class="group">
      <h3>Not used, or not from everywhere</h3>
      <ul class="unused">
        {unused.slice(0, MOST_UNUSED).map((each) => (
          <li key={`${unusedAddress(each)} ${each.why}`}>
            <code>{unusedAddress(each)}</code> {each.pod} <span class="muted">{each.why}</span>
          </li>
        ))}
        {unused.length > MOST_UNUSED && <li class="muted">and {unused.length - MOST_UNUSED} more, below</li>}
      </ul>
    </div>
  );
}

interface Wanted {
  readonly port?: string;
  readonly address?: string;
  readonly client?: string;
}

/** The choice that is wanted, as far as there is such, and the values to choose from. */
function chosen(choices: readonly Choice[], wanted: Wanted) {
  const port = pick(
    choices.map((each) => each.port),
    wanted.port,
  );
  const atPort = choices.filter((each) => each.port === port);
  const address = pick(
    atPort.map((each) => each.address),
    wanted.address,
  );
  const atAddress = atPort.filter((each) => each.address === address);
  const client = pick(
    atAddress.map((each) => each.client),
    wanted.client,
  );
  const unique = (field: 'port' | 'address' | 'client', of: readonly Choice[]) => [
    ...new Set(of.map((each) => each[field])),
  ];
  return {
    port,
    address,
    client,
    choice: atAddress.find((each) => each.client === client),
    ports: unique('port', choices),
    addresses: unique('address', atPort),
    clients: unique('client', atAddress),
  };
}

/** The wanted one if there is such, else the first. */
function pick(values: readonly string[], wanted: string | undefined): string {
  return wanted !== undefined && values.includes(wanted) ? wanted : (values[0] ?? '');
}
