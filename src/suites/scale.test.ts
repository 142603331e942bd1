/**
 * Scale: behaviour of large clusters, tested without fixtures, which would have thousands of lines.
 */
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { compile, textOf } from '../pipeline.js';
import { RULES_FILE } from '../testing/cases/cases.js';
import { oneService } from '../testing/cases/large.js';
import { render } from '../text.js';

/** The IPv4 rules of a Service with that many endpoints. */
function rules(endpoints: number): readonly string[] {
  const { value } = compile([oneService(endpoints)], { ...DEFAULT_OPTIONS, nodeName: 'node-a' });
  return value.flatMap((artifact) => (artifact.name === RULES_FILE.ipv4 ? render(textOf(artifact)).split('\n') : []));
}

describe('large-cluster mode', () => {
  it.each([
    [1000, true],
    [1001, false],
  ])('with %i endpoints, rules of endpoints have comments: %p', (endpoints, commented) => {
    const lines = rules(endpoints).filter((line) => /^-A KUBE-(SVC|SEP)-/.test(line));
    expect(lines).toHaveLength(3 * endpoints);
    expect(lines.every((line) => line.includes('--comment') === commented)).toBe(true);
  });

  it('keeps the comments of what there is one of per Service', () => {
    const line = rules(1001).find((rule) => rule.includes('-d 10.96.0.1/32'));
    expect(line).toContain('--comment "default/web:http cluster IP"');
  });
});
