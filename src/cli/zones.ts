/**
 * cli: zones → standard output, one after the other, as text or JSON, or one file for each.
 */
import { join } from 'node:path';
import { type Apex, printZone, type Zone, zoneFile } from '../discover/dns/zone.js';
import { makeOutputDirectory, replaceFiles } from '../files.js';
import { asData } from './dns-json.js';
import { EXIT, type Io, writeJson, writeLines } from './io.js';

/** A zone and its own records. */
export interface DescribedZone {
  readonly zone: Zone;
  readonly apex: Apex;
}

/** Where to write zones, and in what format. */
export interface ZoneStyle {
  /** A directory; absent means standard output. */
  readonly output?: string | undefined;
  readonly format: 'text' | 'json';
}

/** Writes `zones` to their destination; returns the exit code. */
export async function putZones(
  zones: readonly DescribedZone[],
  { output, format }: ZoneStyle,
  io: Io,
): Promise<number> {
  if (output !== undefined) return writeZones(output, zones, io);
  if (format === 'json')
    await writeJson(
      io.stdout,
      zones.flatMap(({ zone }) => zone.records.map(asData)),
      2,
    );
  else await writeLines(io.stdout, allLines(zones));
  return EXIT.ok;
}

function* allLines(zones: readonly DescribedZone[]): Generator<string> {
  for (const [i, { zone, apex }] of zones.entries()) {
    if (i > 0) yield '';
    yield* printZone(zone, apex);
  }
}

/** Every zone into a directory: either all files are replaced, each as a whole, or none. */
async function writeZones(directory: string, zones: readonly DescribedZone[], io: Io): Promise<number> {
  makeOutputDirectory(directory);
  replaceFiles(
    directory,
    zones.map(({ zone, apex }) => ({ name: zoneFile(zone), pieces: [`${[...printZone(zone, apex)].join('\n')}\n`] })),
  );
  const wrote = zones.map(({ zone }) => {
    const path = join(directory, zoneFile(zone));
    return `wrote ${path} (${zone.records.length} record${zone.records.length === 1 ? '' : 's'})`;
  });
  await writeLines(io.stderr, wrote);
  return EXIT.ok;
}
