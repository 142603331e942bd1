/**
 * Cases: the directories under fixtures/, each a small cluster. `cluster.yaml` is the snapshot, and its line 1
 * describes the case; `config.yaml` is the KubeProxyConfiguration, if it is not all default.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AS_IT_IS, type Completion } from '../../complete/complete.js';
import { hasErrors, type Source } from '../../diag.js';
import { FAMILIES, type Family } from '../../ip.js';
import { DEFAULT_OPTIONS, type Options } from '../../options.js';
import { readConfig } from '../../read/config.js';

export interface Case {
  /** `topic/case`, which is also its path under golden/. */
  readonly name: string;
  readonly directory: string;
  /** The comment in the first line. */
  readonly about: string;
}

/** A case with kube-proxy's rules for it: paths of iptables-save dumps by family, none for cases of ipvs mode only. */
export interface ConformanceCase extends Case {
  readonly dumps: Readonly<Partial<Record<Family, string>>>;
}

/** The root of the repository, also for a bench, which is built into a folder of it. */
export const ROOT = rootAbove(fileURLToPath(import.meta.url));

function rootAbove(path: string): string {
  const folder = dirname(path);
  return existsSync(`${folder}/package.json`) ? `${folder}/` : rootAbove(folder);
}

/** Every case of every topic, or of one. */
export function cases(topic?: string): readonly Case[] {
  return directories(`${ROOT}fixtures`)
    .filter((name) => topic === undefined || name === topic)
    .flatMap((name) => directories(`${ROOT}fixtures/${name}`).map((each) => `${name}/${each}`))
    .map((name) => ({ name, directory: `${ROOT}fixtures/${name}/` }))
    .filter(({ directory }) => existsSync(`${directory}cluster.yaml`))
    .map((found) => ({ ...found, about: aboutLine(`${found.directory}cluster.yaml`) }));
}

/** The cases of fixtures/conformance. */
export function conformanceCases(): readonly ConformanceCase[] {
  return cases('conformance').map((found) => {
    const dumps = FAMILIES.map((family) => [family, `${found.directory}kube-proxy/${DUMPS[family]}`] as const);
    return { ...found, dumps: Object.fromEntries(dumps.filter(([, path]) => existsSync(path))) };
  });
}

/** kube-proxy's tables of nftables for a case; undefined for cases of ipvs mode only. */
export function nftDump({ directory }: Case): string | undefined {
  const path = `${directory}kube-proxy/nft`;
  return existsSync(path) ? path : undefined;
}

/** The folders of goldens of nftables mode, by layout. */
const NFT_FOLDERS = { 'kube-proxy': 'nftables', fast: 'nftables-fast' } as const;

/** The goldens of nftables mode; those of layout kube-proxy with kube-proxy's tables, if there are any. */
export function nftGoldens(): readonly { readonly name: string; readonly path: string; readonly dump?: string }[] {
  return cases().flatMap((each) =>
    Object.entries(NFT_FOLDERS).flatMap(([layout, folder]) => {
      const path = `${ROOT}golden/${each.name}/${folder}/${NFT_FILE}`;
      const dump = layout === 'kube-proxy' ? nftDump(each) : undefined;
      return existsSync(path) ? [{ name: `${each.name} ${layout}`, path, ...(dump !== undefined && { dump }) }] : [];
    }),
  );
}

/** What to make up in the cases of a topic. */
const COMPLETIONS: Readonly<Record<string, Completion>> = {
  simulate: { ...AS_IT_IS, simulate: true, allocate: true, nodes: 3 },
};

/** The input of compile(): sources by their path in the repository, options of config.yaml, what to make up. */
export function caseInput(found: Case): {
  readonly sources: readonly Source[];
  readonly options: Options;
  readonly completion: Completion;
} {
  return { ...filesOf(found), completion: COMPLETIONS[dirname(found.name)] ?? AS_IT_IS };
}

function filesOf({ name, directory }: Case): { readonly sources: readonly Source[]; readonly options: Options } {
  const source = (file: string): Source => ({
    name: `fixtures/${name}/${file}`,
    text: readFileSync(`${directory}${file}`, 'utf8'),
  });
  if (!existsSync(`${directory}config.yaml`)) return { sources: [source('cluster.yaml')], options: DEFAULT_OPTIONS };
  const { value, diagnostics } = readConfig(source('config.yaml'));
  if (hasErrors(diagnostics)) throw new Error(`${name}/config.yaml: ${diagnostics.map((d) => d.message).join('; ')}`);
  return { sources: [source('cluster.yaml')], options: value };
}

/** Every file under golden/ that iptables-restore or ip6tables-restore loads alone; those of ipvs mode need ipsets. */
export function goldenRules(): readonly { readonly name: string; readonly path: string; readonly family: Family }[] {
  if (!existsSync(`${ROOT}golden`)) return [];
  const files = readdirSync(`${ROOT}golden`, { recursive: true, encoding: 'utf8' }).sort();
  return FAMILIES.flatMap((family) =>
    files
      .filter((file) => basename(file) === RULES_FILE[family] && basename(dirname(file)) !== 'ipvs')
      .map((name) => ({ name, path: `${ROOT}golden/${name}`, family })),
  );
}

/** The name that `vipc compile` gives to the rules of nftables mode. */
export const NFT_FILE = 'nftables.rules';

/** The name that `vipc compile` gives to the rules of each family. */
export const RULES_FILE: Readonly<Record<Family, string>> = { ipv4: 'iptables.rules', ipv6: 'ip6tables.rules' };

const DUMPS: Readonly<Record<Family, string>> = { ipv4: 'iptables-save', ipv6: 'ip6tables-save' };

/** The sorted subdirectories of a directory; none when it does not exist. */
function directories(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function aboutLine(path: string): string {
  const [line = ''] = readFileSync(path, 'utf8').split('\n', 1);
  return line.replace(/^#\s*/, '');
}
