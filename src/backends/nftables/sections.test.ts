import { expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../../options.js';
import { compile, textOf } from '../../pipeline.js';
import { caseInput, conformanceCases } from '../../testing/cases/cases.js';
import { render } from '../../text.js';

const NAMES = [
  'random-01',
  'session-affinity',
  'ipv6-session-affinity',
  'loadbalancer-source-ranges',
  'internal-local',
];

it.each(NAMES)('%s: every line of a Service is in its section, and every other in none', (name) => {
  const found = conformanceCases().find((each) => each.name === `conformance/${name}`);
  if (!found) throw new Error('no such case');
  const { sources, options } = caseInput(found);
  const [artifact] = compile(sources, { ...DEFAULT_OPTIONS, ...options, mode: 'nftables' }).value;
  if (!artifact) throw new Error('nothing compiled');
  // The compiler knows whose a line is; sections() has only the text.
  const known = [...textOf(artifact)].flatMap(({ text, owner }) =>
    /^\t\t+[^}]/.test(text) && !text.endsWith('elements = {')
      ? [[text.trim().replace(/,$/, ''), owner ? `${owner.namespace}/${owner.service}` : 'none'].join(' of ')]
      : [],
  );
  const read = artifact
    .sections(render(textOf(artifact)))
    .flatMap(({ service, lines }) => lines.map((line) => `${line} of ${service?.replace(/:.*/, '') ?? 'none'}`))
    .filter((line) => !/^(?:chain|set|map) /.test(line));
  expect(read.sort()).toEqual(known.sort());
});
