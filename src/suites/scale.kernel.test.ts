/**
 * A Service of 1001 endpoints in the kernel: it reads back unchanged, and its probabilities are those that iptables
 * parses from kube-proxy's ten decimals.
 */
import { expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { compile, textOf } from '../pipeline.js';
import { RULES_FILE } from '../testing/cases/cases.js';
import { oneService } from '../testing/cases/large.js';
import { type Load, loadsInKernel, VARIANTS } from '../testing/machine/kernel.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { savedTables } from '../testing/node/saved.js';
import { render } from '../text.js';

const describeKernel = await describeInKernel();

const ENDPOINTS = 1001;

function compiled(): string {
  const { value } = compile([oneService(ENDPOINTS)], { ...DEFAULT_OPTIONS, nodeName: 'node-a' });
  const rules = value.find(({ name }) => name === RULES_FILE.ipv4);
  return rules ? render(textOf(rules)) : '';
}

/** The probabilities as kube-proxy would write them (k/k proxier.probability: "%0.10f"). */
function asKubeProxyWrites(): string {
  const rules = Array.from({ length: ENDPOINTS - 1 }, (_, i) => {
    return `-A FORWARD -m statistic --mode random --probability ${(1 / (ENDPOINTS - i)).toFixed(10)} -j ACCEPT`;
  });
  return ['*filter', ...rules, 'COMMIT', ''].join('\n');
}

function probabilities(text: string): readonly string[] {
  return [...text.matchAll(/--probability (\S+)/g)].map(([, probability = '']) => probability);
}

describeKernel.each(VARIANTS)('a Service of 1001 endpoints, %s', (variant) => {
  const load = (text: string): Load => ({ family: 'ipv4', variant, text });

  it('reads back as it was written', async () => {
    const [loaded] = await loadsInKernel([load(compiled())]);
    expect(loaded?.error).toBeUndefined();
    expect(Object.fromEntries(savedTables(loaded?.saved ?? ''))).toEqual(Object.fromEntries(savedTables(compiled())));
  });

  it('has the probabilities of kube-proxy', async () => {
    const [loaded] = await loadsInKernel([load(asKubeProxyWrites())]);
    expect(probabilities(loaded?.saved ?? '')).toHaveLength(ENDPOINTS - 1);
    expect(probabilities(compiled())).toEqual(probabilities(loaded?.saved ?? ''));
  });
});
