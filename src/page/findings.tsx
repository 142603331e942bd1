/**
 * findings: everything that was found wrong in the input, by object: errors that left objects out, and warnings of lint.
 */
import type { Diagnostic, Severity } from '../diag.js';
import type { Cluster } from './cluster.js';
import { Badge, count, Section, type Tone } from './parts.jsx';
import { placeText } from './place.js';
import { serviceHref } from './route.js';

const TONES: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'warn', note: 'plain' };
const RANK: readonly Severity[] = ['error', 'warning', 'note'];

/** More are not read by anybody here. */
const MOST = 500;

export function FindingsView({ cluster }: { cluster: Cluster }) {
  // What was made up is said on the page of each Service.
  const said = cluster.report.data.said.filter(({ synthetic }) => !synthetic);
  const sorted = [...said].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity));
  return (
    <Section
      title="What was found in the input"
      note={
        said.length === 0
          ? 'Nothing.'
          : 'Errors leave an object out; warnings and notes are what is valid, but hardly meant.'
      }
    >
      <ul class="findings">
        {sorted.slice(0, MOST).map((found, i) => (
          <li key={`${i} ${found.code}`}>
            <Finding found={found} />
          </li>
        ))}
      </ul>
      {sorted.length > MOST && (
        <p class="note">and {count(sorted.length - MOST, 'more', 'more')}, which vipc lint prints</p>
      )}
    </Section>
  );
}

function Finding({ found: { code, severity, message, hint, origin } }: { found: Diagnostic }) {
  const object = origin?.object ?? '';
  const [, service] = /^Service (.*)$/.exec(object) ?? [];
  const place = origin ? placeText(origin) : '';
  return (
    <>
      <Badge tone={TONES[severity]}>{severity}</Badge>{' '}
      {service === undefined ? <strong>{object}</strong> : <a href={serviceHref(service)}>{object}</a>}{' '}
      {message.startsWith(object) ? message.slice(object.length) : message}
      {hint !== undefined && <p class="fix">{hint}</p>}
      <p class="muted">
        {code}
        {place === '' || place === object ? '' : `, ${place}`}
      </p>
    </>
  );
}
