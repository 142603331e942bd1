/**
 * pack: a report → the text that a page holds, and back. JSON, object by object, so that the daemon can make it in
 * slices. An origin is reduced to its object and its place as text: the page has no files to look into.
 */
import type { Diagnostic, Origin } from '../diag.js';
import { placeText } from '../read/locate.js';
import { EMPTY_SNAPSHOT, type Snapshot } from '../read/types.js';
import type { Report, ReportData } from './model.js';

/** An origin in a page: the object, then its place where that is known, then the path inside the object. */
type Packed = readonly [object: string, place?: string, path?: Origin['path']];

type Kind = keyof Snapshot;

/** Kinds with so many objects that looking for their places would take long; they are named instead. */
const NAMED: ReadonlySet<Kind> = new Set<Kind>(['slices', 'endpoints', 'pods', 'skipped']);

/** The report as JSON, in pieces of one object each. */
export function* packed({ data, snapshot }: Report): Generator<string> {
  const said = data.said.map((each) => ({
    ...each,
    ...(each.origin && { origin: packedOrigin(each.origin, true) }),
    ...(each.related && { related: { ...each.related, origin: packedOrigin(each.related.origin, true) } }),
  }));
  yield `{"data":${JSON.stringify({ ...data, said })},"snapshot":{`;
  for (const [i, kind] of (Object.keys(EMPTY_SNAPSHOT) as Kind[]).entries()) {
    yield `${i === 0 ? '' : ','}"${kind}":[`;
    for (const [j, object] of snapshot[kind].entries()) {
      yield `${j === 0 ? '' : ',\n'}${JSON.stringify(packedObject(object, !NAMED.has(kind)))}`;
    }
    yield ']';
  }
  yield '}}';
}

function packedObject(object: object, isPlaced: boolean): object {
  const { origin, metadata, ...rest } = object as { origin?: Origin; metadata?: object };
  return {
    // Nothing here looks at annotations, and people write into them what is not for everybody.
    ...(metadata && { metadata: { ...metadata, annotations: {} } }),
    ...rest,
    ...(origin && { origin: packedOrigin(origin, isPlaced) }),
  };
}

function packedOrigin(origin: Origin, isPlaced: boolean): Packed {
  const { object = '', path, source } = origin;
  // The objects of an API server have no place but their name.
  if (!isPlaced || source.api || source.text === '') return [object];
  return path.length === 0 ? [object, placeText(origin)] : [object, placeText(origin), path];
}

/** The report in a page's text. */
export function unpacked(text: string): Report {
  const { data, snapshot } = JSON.parse(text) as { data: ReportData; snapshot: Snapshot };
  for (const objects of Object.values(snapshot)) for (const object of objects) revive(object);
  for (const found of data.said) {
    revive(found);
    if (found.related) revive(found.related as Diagnostic['related'] & object);
  }
  return { data, snapshot };
}

/** Puts an origin back, in place: a copy of a large snapshot would take as long as reading it. */
function revive(object: { origin?: unknown }): void {
  if (!object.origin) return;
  const [name, place = '', path = []] = object.origin as Packed;
  const source = { name: place, text: '' };
  object.origin = { source, document: 0, base: [], path, object: name } satisfies Origin;
}
