/**
 * service: the page of one Service: the verdict first, then the ways of its clients, its endpoints, nodes, rules, names.
 */
import { useMemo, useState } from 'preact/hooks';
import type { Explanation } from '../explain/types.js';
import { blocksOf, explained, onNodeOf, type Subject } from '../report/service.js';
import { ServiceRules } from './changes.jsx';
import { type Cluster, serviceOf } from './cluster.js';
import { Endpoints } from './endpoints.jsx';
import { Matrices } from './matrix.jsx';
import { Badge, Section, Select, Table, useLater } from './parts.jsx';
import { RuleBlocks } from './rules.jsx';
import { NodesBeside } from './sides.jsx';
import { WaysView } from './ways.jsx';

export function ServiceView({ cluster, name }: { cluster: Cluster; name: string }) {
  const subject = useMemo(() => cluster.find(name), [cluster, name]);
  const explanation = useLater(() => subject && explained(subject), [subject]);
  if (!subject) return <p class="empty">There is no Service {name} in this snapshot.</p>;
  const row = cluster.rows.find(({ key }) => key === name);
  return (
    <article aria-labelledby="subject">
      <a class="back" href="#/services">
        ← all Services
      </a>
      <header class="subject">
        <h1 id="subject">{name}</h1> <Badge>{row?.type}</Badge>
      </header>
      {explanation?.value ? (
        <Explained cluster={cluster} subject={subject} page={explanation.value} name={name} />
      ) : (
        <p class="wait">Computing …</p>
      )}
    </article>
  );
}

/** The parts, the long ones last; those about one node share the choice of it. */
function Explained({
  cluster,
  subject,
  page,
  name,
}: {
  cluster: Cluster;
  subject: Subject;
  page: Explanation;
  name: string;
}) {
  const [node, setNode] = useState(subject.nodes[0] ?? '');
  const on = useMemo(() => onNodeOf(subject, node), [subject, node]);
  const blocks = useMemo(() => on && blocksOf(subject, on), [subject, on]);
  const hasProblem = page.findings.some(({ severity }) => severity === 'problem');
  const choice = (
    <Select
      label="On node"
      value={node}
      options={subject.nodes.map((each) => [each, each === '' ? 'one without endpoints' : each] as const)}
      onChange={setNode}
    />
  );
  return (
    <>
      <p class={`verdict ${hasProblem ? 'bad' : page.findings.length > 0 ? 'warn' : 'good'}`}>{page.verdict}</p>
      <Findings page={page} />
      <Changed cluster={cluster} name={name} />
      {on && <WaysView subject={subject} on={on} nodeChoice={choice} unused={page.unused} />}
      <Matrices page={page} />
      <Endpoints subject={subject} page={page} />
      {subject.nodes.length > 1 && <NodesBeside cluster={cluster} subject={subject} />}
      <Names page={page} />
      <Section title="What it is">
        <dl class="facts-list">
          {page.fields.map(({ label, text }, i) => (
            <div key={i}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Questions page={page} />
      {blocks && <RuleBlocks blocks={blocks} node={node} />}
    </>
  );
}

function Findings({ page: { findings } }: { page: Explanation }) {
  if (findings.length === 0) return null;
  return (
    <Section title={findings.length === 1 ? 'What was found' : `What was found (${findings.length})`}>
      <ul class="findings">
        {findings.map(({ code, severity, message, fix, at }) => (
          <li key={`${code} ${message}`}>
            <Badge tone={severity === 'problem' ? 'bad' : 'warn'}>{severity}</Badge> {message}
            <p class="fix">{fix}</p>
            <p class="muted">
              {code}
              {at === undefined ? '' : `, ${at}`}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What the change or the drift does to this Service. */
function Changed({ cluster, name }: { cluster: Cluster; name: string }) {
  const change = cluster.report.data.change ?? cluster.report.data.drift;
  const isOwn = (service: string | undefined) => service !== undefined && serviceOf(service) === name;
  const effects = (change?.effects ?? []).flatMap(({ effects }) => effects.filter(({ service }) => isOwn(service)));
  const rules = (change?.rules ?? []).flatMap(({ changes }) => changes.filter(({ service }) => isOwn(service)));
  if (effects.length + rules.length === 0) return null;
  const texts = [...new Set(effects.map(({ service, text }) => `${service}: ${text}`))];
  return (
    <Section title={cluster.report.data.change ? 'What changes' : 'What differs on the node'}>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      {rules.map((each, i) => (
        <ServiceRules key={i} change={each} />
      ))}
    </Section>
  );
}

function Names({ page: { names } }: { page: Explanation }) {
  if (names.length === 0) return null;
  return (
    <Section title="DNS names">
      <Table
        about="DNS names"
        head={['Name', 'Leads to']}
        rows={names.map(({ name, leadsTo }) => [<code key="name">{name}</code>, <code key="to">{leadsTo}</code>])}
      />
    </Section>
  );
}

const ANSWERS = { yes: 'good', no: 'bad', 'in part': 'warn', unknown: 'plain', 'does not apply': 'plain' } as const;

function Questions({ page: { questions } }: { page: Explanation }) {
  return (
    <Section title="The questions of “Debug Services”">
      <details>
        <summary>{questions.length} questions that the page of Kubernetes asks, answered</summary>
        <Table
          about="Questions"
          head={['Question', 'Answer', 'Because']}
          rows={questions.map(({ question, answer, text }) => [
            question,
            <Badge key="answer" tone={ANSWERS[answer]}>
              {answer}
            </Badge>,
            text,
          ])}
        />
      </details>
    </Section>
  );
}
