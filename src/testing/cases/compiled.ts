/** Compiled: the rules of a fixture case, as the text that `vipc compile` prints. */
import { hasErrors } from '../../diag.js';
import type { Family } from '../../ip.js';
import { type Artifact, artifactsOf, type Compiled, compile, RESOLVED_FILE, textOf } from '../../pipeline.js';
import { render } from '../../text.js';
import { ARTIFACTS, type NodeState, stateFrom } from '../node/node-state.js';
import { type Case, caseInput, NFT_FILE, RULES_FILE } from './cases.js';

/** The output of a case in ipvs mode, whatever its own mode; throws when it has errors. */
export function compiledState(each: Case): NodeState {
  const artifacts = compiledArtifacts(each, 'ipvs');
  return stateFrom((part) => artifactText(artifacts, ARTIFACTS[part]));
}

/** The rules of one family; throws when the case has errors, or has no rules in its mode. */
export function compiledRules(each: Case, family: Family, layout?: string): string {
  return artifactText(compiledArtifacts(each, undefined, layout), RULES_FILE[family]);
}

/** The output of a case in nftables mode, whatever its own mode; throws when it has errors. */
export function compiledNftables(each: Case, layout?: string): string {
  return artifactText(compiledArtifacts(each, 'nftables', layout), NFT_FILE);
}

function compiledArtifacts(each: Case, mode?: string, layout?: string): readonly Artifact[] {
  const { sources, options, completion } = caseInput(each);
  const own = mode === undefined ? options : { ...options, mode };
  const { value, diagnostics } = compile(sources, own, { completion, layout });
  if (hasErrors(diagnostics)) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value;
}

/** The text of the artifact called `name`; throws when there is none. */
export function artifactText(artifacts: readonly Artifact[], name: string): string {
  const artifact = artifacts.find((candidate) => candidate.name === name);
  if (!artifact) throw new Error(`no ${name} among ${artifacts.map((each) => each.name).join(', ')}`);
  return render(textOf(artifact));
}

/** All files of rules, one after the other; throws when there are none. */
export function programText(compiled: Compiled | undefined): string {
  if (!compiled) throw new Error('it does not compile');
  return artifactsOf(compiled)
    .filter(({ name }) => name !== RESOLVED_FILE)
    .map((artifact) => `### ${artifact.name}\n${render(textOf(artifact))}`)
    .join('');
}
