/**
 * changes: what differs from another snapshot, or on a node: first what it does to connections, then the rules.
 */
import type { Severity } from '../effect/effect.js';
import type { Change, Drift, Rules } from '../report/model.js';
import type { ServiceChange } from '../review/compare.js';
import { serviceOf } from './cluster.js';
import { Badge, count, Section, type Tone } from './parts.jsx';
import { serviceHref } from './route.js';

export function Changes({ change }: { change: Change }) {
  return (
    <>
      <Effects
        change={change}
        title={`What changes from ${change.from}`}
        note="What changes for new connections, the most hurtful first."
        none="Nothing changes for any connection, and no rule differs."
      />
      <RuleGroups rules={change.rules} signs="+ only here, - only there" />
    </>
  );
}

export function Drifted({ drift }: { drift: Drift }) {
  return (
    <>
      <Effects
        change={drift}
        title={`How node ${drift.node} differs from its rules`}
        note="What would change for new connections if its rules were put right, the most hurtful first."
        none="The node has the rules that it should have."
      />
      <RuleGroups rules={drift.rules} signs="+ missing on the node, - not wanted there" />
    </>
  );
}

const TONES: Readonly<Record<Severity, Tone>> = {
  outage: 'bad',
  refused: 'bad',
  lost: 'warn',
  changed: 'info',
  gained: 'good',
};

function Effects(props: { change: Omit<Change, 'from'>; title: string; note: string; none: string }) {
  const { change, title, note, none } = props;
  const isSame = change.effects.length + change.rules.length === 0;
  return (
    <Section title={title} note={isSame ? none : note}>
      {change.effects.map(({ nodes, effects, without }) => (
        <div key={nodes.join()} class="group">
          <h3>{nodesText(nodes)}</h3>
          <ul class="effects">
            {effects.map(({ severity, service, family, text }) => (
              <li key={`${service} ${family} ${text}`}>
                <Badge tone={TONES[severity]}>{severity}</Badge> <a href={serviceHref(serviceOf(service))}>{service}</a>{' '}
                <span>{text}</span>
              </li>
            ))}
          </ul>
          {without.length > 0 && <p class="note">The rules of {listed(without)} differ, and no new connection does.</p>}
        </div>
      ))}
    </Section>
  );
}

function RuleGroups({ rules, signs }: { rules: readonly Rules[]; signs: string }) {
  if (rules.length === 0) return null;
  return (
    <Section title="Rules" note={signs}>
      {rules.map(({ nodes, changes, omitted }) => (
        <div key={nodes.join()} class="group">
          <h3>{nodesText(nodes)}</h3>
          {changes.map((each) => (
            <ServiceRules key={each.service ?? ''} change={each} />
          ))}
          {omitted > 0 && <p class="note">{count(omitted, 'line')} more, which vipc diff prints.</p>}
        </div>
      ))}
    </Section>
  );
}

/** The lines of one Service that differ. */
export function ServiceRules({ change: { service, sections } }: { change: ServiceChange }) {
  const lines = sections.flatMap((section) => section.lines);
  const sign = (kind: '+' | '-') => lines.filter((line) => line.kind === kind).length;
  return (
    <details>
      <summary>
        {service ?? 'rules of no Service'} <span class="plus">+{sign('+')}</span>{' '}
        <span class="minus">-{sign('-')}</span>
      </summary>
      {sections.map(({ title, lines }) => (
        <div key={title}>
          <p class="chain">{title}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <pre class="diff" tabIndex={0}>
            {lines.map(({ kind, text }, i) => (
              <span key={i} class={kind === '+' ? 'plus' : kind === '-' ? 'minus' : undefined}>
                {kind} {text}
                {'\n'}
              </span>
            ))}
          </pre>
        </div>
      ))}
    </details>
  );
}

function nodesText(nodes: readonly string[]): string {
  const named = nodes.filter((name) => name !== '');
  if (named.length === 0) return 'On every node';
  return `${named.length === 1 ? 'Node' : 'Nodes'} ${listed(named)}`;
}

function listed(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}
