/**
 * filters: the search and the filters of the list.
 */
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Filter, Row } from '../report/rows.js';
import { Select } from './parts.jsx';

export function Filters({
  rows,
  filter,
  changed,
  onChange,
}: {
  rows: readonly Row[];
  filter: Filter;
  changed: string;
  onChange: (filter: Filter) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  const all = useMemo(() => valuesOf(rows), [rows]);
  const set = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  const options = (values: readonly string[]) => [
    ['', 'all'] as const,
    ...values.map((value) => [value, value] as const),
  ];
  useSlash(search);
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <label class="field wide">
        <span>
          Search <kbd>/</kbd>
        </span>
        <input
          ref={search}
          type="search"
          placeholder="name, address, port, label=value"
          value={filter.search}
          onInput={(event) => set({ search: event.currentTarget.value })}
        />
      </label>
      <Select
        label="Namespace"
        value={filter.namespace}
        options={options(all.namespaces)}
        onChange={(namespace) => set({ namespace })}
      />
      <Select label="Type" value={filter.type} options={options(all.types)} onChange={(type) => set({ type })} />
      <Select
        label="Family"
        value={filter.family}
        options={options(all.families)}
        onChange={(family) => set({ family })}
      />
      <Select
        label="Show"
        value={filter.state}
        options={[
          ['', 'all'],
          ['problems', 'with problems'],
          ...(all.isChanged ? [['changed', changed] as const] : []),
        ]}
        onChange={(state) => set({ state: state as Filter['state'] })}
      />
    </form>
  );
}

function valuesOf(rows: readonly Row[]) {
  const unique = (values: Iterable<string>) => [...new Set(values)].sort();
  return {
    namespaces: unique(rows.map(({ service }) => service.metadata.namespace)),
    types: unique(rows.map(({ type }) => type)),
    families: unique(rows.flatMap(({ families }) => families)),
    isChanged: rows.some(({ changes }) => changes > 0),
  };
}

/** The key `/` goes to the search, from anywhere but another field. */
function useSlash(search: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || /^(?:INPUT|SELECT|TEXTAREA)$/.test((event.target as Element).tagName)) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [search]);
}
