/**
 * list: all Services, with search and filters, and beside them the one that was chosen. Only the rows in sight exist.
 */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Filter, filtered, NO_FILTER, type Row } from '../report/rows.js';
import type { Cluster } from './cluster.js';
import { Filters } from './filters.jsx';
import { Badge, count } from './parts.jsx';
import { serviceHref } from './route.js';
import { ServiceView } from './service.jsx';
import { useRowsInSight } from './virtual.js';

export function ListView({ cluster, selected }: { cluster: Cluster; selected: string | undefined }) {
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const changed = cluster.report.data.drift ? 'differs' : 'changed';
  const shown = useMemo(() => filtered(cluster.rows, filter), [cluster, filter]);
  return (
    <div class={selected === undefined ? 'services' : 'services chosen'}>
      <section class="list" aria-label="Services">
        <Filters rows={cluster.rows} filter={filter} changed={changed} onChange={setFilter} />
        <p class="note" role="status">
          {shown.length === cluster.rows.length
            ? count(shown.length, 'Service')
            : `${count(shown.length, 'Service')} of ${cluster.rows.length.toLocaleString('en')}`}
        </p>
        {shown.length === 0 ? (
          <p class="empty">
            {cluster.rows.length === 0 ? 'The snapshot has no Service.' : 'No Service fits this search.'}
          </p>
        ) : (
          <Rows rows={shown} selected={selected} changed={changed} />
        )}
      </section>
      {selected !== undefined && (
        <div class="detail">
          <ServiceView key={selected} cluster={cluster} name={selected} />
        </div>
      )}
    </div>
  );
}

function Rows({ rows, selected, changed }: { rows: readonly Row[]; selected: string | undefined; changed: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  // The row that has the focus, and whether it is yet to get it.
  const [focus, setFocus] = useState<{ readonly at: number; readonly isNew: boolean }>();
  const { height, inSight } = useRowsInSight(
    scroller,
    rows.length,
    focus && focus.at < rows.length ? focus.at : undefined,
  );
  useLayoutEffect(() => {
    if (focus?.isNew) linkAt(scroller.current, focus.at)?.focus();
  }, [focus]);
  const moved = (event: KeyboardEvent) => {
    const at = destination(event, rows.length);
    if (at === undefined) return;
    event.preventDefault();
    setFocus({ at, isNew: true });
  };
  const took = ({ target }: FocusEvent) => {
    const at = placeOf(target);
    if (at !== undefined) setFocus({ at, isNew: false });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are a short cut among links, which Tab reaches too
    <div class="rows" ref={scroller} onKeyDown={moved} onFocusIn={took} onFocusOut={() => setFocus(undefined)}>
      <ul style={{ height: `${height}px` }}>
        {inSight.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <li
                key={row.key}
                style={{ transform: `translateY(${start}px)` }}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
              >
                <RowLink row={row} isSelected={row.key === selected} changed={changed} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

const STATES = { broken: 'not served', suspect: 'suspect', fine: 'fine' } as const;
const TONES = { broken: 'bad', suspect: 'warn', fine: 'good' } as const;

/** `changed` is the word for Services of a change, or of a drift. */
function RowLink({ row, isSelected, changed }: { row: Row; isSelected: boolean; changed: string }) {
  const { key, type, addresses, ports, ready, total, state, problems, changes } = row;
  const [namespace = '', name = ''] = key.split('/');
  return (
    <a class="row" href={serviceHref(key)} aria-current={isSelected ? 'true' : undefined}>
      <span class={`dot ${TONES[state]}`} role="img" aria-label={STATES[state]} />
      <span class="name">
        <strong>{name}</strong> <span class="muted">{namespace}</span>
      </span>
      <span class="where muted">
        {type} {addresses.slice(0, 2).join(', ')} {ports.slice(0, 3).join(', ')}
      </span>
      <span class="marks">
        {changes + problems > 0 && (
          <span>
            {problems > 0 && <Badge tone={state === 'broken' ? 'bad' : 'warn'}>{count(problems, 'problem')}</Badge>}{' '}
            {changes > 0 && <Badge tone="info">{changed}</Badge>}
          </span>
        )}
        {type !== 'ExternalName' && (
          <span class={ready === 0 ? 'endpoints none' : 'endpoints'}>
            {ready}/{total} ready
          </span>
        )}
      </span>
    </a>
  );
}

/** The arrow keys go from row to row, Home and End to the first and the last. */
function destination({ key, target }: KeyboardEvent, rows: number): number | undefined {
  const at = placeOf(target);
  if (at === undefined) return undefined;
  const found = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows - 1 }[key];
  return found === undefined || found < 0 || found >= rows ? undefined : found;
}

/** The place of the row that an element is in, from 0. */
function placeOf(target: EventTarget | null): number | undefined {
  const item = (target as Element).closest('li');
  return item ? Number(item.ariaPosInSet) - 1 : undefined;
}

function linkAt(list: HTMLElement | null, at: number): HTMLElement | null | undefined {
  return list?.querySelector<HTMLElement>(`li[aria-posinset="${at + 1}"] a`);
}
