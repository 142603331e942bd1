/**
 * Cases of discovery: the directories under fixtures/discover, each a few Services. `manifests.yaml` holds the objects,
 * and its line 1 describes the case; `lookups.txt` has one question per line, `NAME NAMESPACE [TYPE]`; `namespaces.txt`
 * lists the namespaces whose variables are shown.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { DnsRecord, QueryType } from '../../discover/dns/record.js';
import { printZone, zonesOf } from '../../discover/dns/zone.js';
import type { ZoneFile } from '../network/name-server.js';
import { ROOT } from './cases.js';

export interface DiscoverCase {
  /** `discover/case`, which is also its path under golden/. */
  readonly name: string;
  readonly about: string;
  /** Path of the objects, from the root of the repository. */
  readonly path: string;
  readonly lookups: readonly LookupLine[];
  readonly namespaces: readonly string[];
}

export interface LookupLine {
  readonly name: string;
  readonly namespace: string;
  readonly type?: QueryType;
}

/** Every case, by name. */
export function discoverCases(): readonly DiscoverCase[] {
  return readdirSync(`${ROOT}fixtures/discover`)
    .sort()
    .filter((name) => existsSync(`${ROOT}fixtures/discover/${name}/manifests.yaml`))
    .map((name) => discoverCase(`discover/${name}`));
}

function discoverCase(name: string): DiscoverCase {
  const path = `fixtures/${name}/manifests.yaml`;
  const [about = ''] = readFileSync(`${ROOT}${path}`, 'utf8').split('\n', 1);
  return {
    name,
    about: about.replace(/^#\s*/, ''),
    path,
    lookups: linesOf(name, 'lookups.txt').map((line) => {
      const [asked = '', namespace = '', type] = line.split(' ');
      return { name: asked, namespace, ...(type === undefined ? {} : { type: type as QueryType }) };
    }),
    namespaces: linesOf(name, 'namespaces.txt'),
  };
}

function linesOf(name: string, file: string): readonly string[] {
  const path = `${ROOT}fixtures/${name}/${file}`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

/** The zone files of a cluster. */
export function zoneFiles(records: readonly DnsRecord[], domain: string): readonly ZoneFile[] {
  return zonesOf(records, [domain]).map((zone) => ({
    zone: zone.origin.slice(0, -1),
    text: `${[...printZone(zone, { domain: `${domain}.`, about: zone.origin })].join('\n')}\n`,
  }));
}
