/** Selectors and their mistakes: what -l selects, or says, beside kubectl. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Kubectl, startKubectl } from '../testing/api-client/kubectl.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { often, sample } from '../testing/run/extent.js';
import { matches, parseSelector } from './selector.js';

const describeKernel = await describeInKernel();

const OBJECTS = [{}, { x: '1' }, { x: '10', y: '' }, { x: 'a', in: 'notin' }, { y: 'b', 'a.b/c': 'd' }].map(
  (labels, i) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: `s${i}`, labels } }),
);

const SELECTORS = [
  'x',
  '!x',
  'x=1',
  'x==1',
  'x!=1',
  'x>1',
  'x<5',
  'x in (1,a)',
  'x notin (1,a),y',
  'y in ()',
  'y=',
  'in=notin',
  'in in (notin)',
  'a.b/c=d',
  'x notin (, a)',
  '\tx , y',
  'a in',
  'x==a==b',
  '!x=a',
  ',x',
  'x,',
  'x,,y',
  'x nott in (y)',
  'a in (xyz abc)',
  'a notin(',
  'a (',
  '(',
  'a in (xyz)b notin ()',
  '=a',
  '!',
  '!!a',
  'x=a b',
  'x in ((a))',
  'x ! y',
  'x in (a',
  'x in (a=)',
  'x in a',
  '<>',
  'x=(',
  'x !',
  'x===y',
  'x=!y',
  'x in (a,,b',
  'x in (a,',
  'x in (,',
  'x in (,=)',
  '!x in (a)',
  'x=a)',
  'x!y',
];

const PIECE = fc.constantFrom(
  'x',
  'y',
  ' in ',
  ' notin ',
  '(',
  ')',
  ',',
  '=',
  '==',
  '!=',
  '!',
  '1',
  '>',
  '<',
  ' ',
  'a',
);

describeKernel('-l', () => {
  let kubectl: Kubectl;
  let file = '';

  beforeAll(async () => {
    kubectl = await startKubectl();
    file = kubectl.file('labels.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS }));
  });
  afterAll(() => kubectl?.close());

  /** Names that kubectl selects, or why it does not. */
  async function theirs(selector: string): Promise<string> {
    const argv = ['create', '--dry-run=client', '--validate=false', '-o', 'name', '-f', file];
    const { stdout, stderr } = await kubectl.run(...argv, `--selector=${selector}`);
    if (/no objects passed to create/.test(stderr)) return '';
    const [, why] = /is not valid: (.*)/.exec(stderr) ?? [];
    return why ?? stdout.trim().replaceAll('service/', '').replaceAll('\n', ' ');
  }

  it.each(sample(SELECTORS, 16))('%j', async (selector) => expect(ours(selector)).toBe(await theirs(selector)));

  it('whatever is typed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(PIECE, { minLength: 1, maxLength: 8 }), async (pieces) => {
        const selector = pieces.join('');
        const words = (text: string) => text.replace(/values\[0\]: Invalid.*|"\S*" is no whole number.*/, 'no number');
        expect(words(ours(selector))).toBe(words(await theirs(selector)));
      }),
      { numRuns: often(8, 40) },
    );
  });
});

/** Names that vipc selects, or why it does not. */
function ours(selector: string): string {
  const parsed = parseSelector(selector);
  if ('problem' in parsed) return parsed.problem;
  const found = OBJECTS.filter(({ metadata }) => matches(parsed, metadata.labels as Record<string, string>));
  return found.map(({ metadata }) => metadata.name).join(' ');
}
