import { expect, it } from '@jest/globals';
import { parseCounts } from './counts.js';

const ONE = `Name: KUBE-X
Type: hash:ip
Revision: 6
Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x42dec3f5
Size in memory: 256
References: 0
`;

it.each<[string, string, readonly object[], number]>([
  ['nothing', '', [], 0],
  [
    'sets',
    `${ONE}Number of entries: 7\n\n${ONE.replace('-X', '-Y')}Number of entries: 0\n`,
    [
      { name: 'KUBE-X', members: 7 },
      { name: 'KUBE-Y', members: 0 },
    ],
    0,
  ],
  ['a kernel that does not count', ONE, [{ name: 'KUBE-X' }], 0],
  ['junk', `x\n${ONE}junk\n`, [{ name: 'KUBE-X' }], 2],
  ['no set', 'Type: hash:ip\n', [], 1],
])('%s', (_, text, value, problems) => {
  const found = parseCounts(text);
  expect(found.value).toEqual(value);
  expect(found.diagnostics).toHaveLength(problems);
});
