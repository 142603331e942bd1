/**
 * The text of a step in nftables for people.
 */
import { expect, it } from '@jest/globals';
import { briefly, withElement } from './brief.js';

it.each<[string, string, ReturnType<typeof briefly>]>([
  ['short', 'tcp dport { 22, 80, 443, 5000-6000 } accept', { rule: 'tcp dport { 22, 80, 443, 5000-6000 } accept' }],
  [
    'a long map',
    'numgen random mod 5 vmap { 0 : goto a, 1 : goto b, 2 : goto c, 3 : goto d, 4 : goto e }',
    { rule: 'numgen random mod 5 vmap { 0 : goto a, 1 : goto b, 2 : goto c, and 2 more }' },
  ],
  [
    'two long lists',
    'ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5 } tcp dport { 1, 2, 3, 4, 5, 6 } drop',
    { rule: 'ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3, and 2 more } tcp dport { 1, 2, 3, and 3 more } drop' },
  ],
  ['braces in a comment', 'drop comment "{ 1, 2, 3, 4, 5, 6 }"', { rule: 'drop comment "{ 1, 2, 3, 4, 5, 6 }"' }],
  [
    'with an element',
    withElement('th dport vmap @m', 'm { 1 : goto a }'),
    { rule: 'th dport vmap @m', element: '# m { 1 : goto a }' },
  ],
])('%s', (_, text, expected) => expect(briefly(text)).toEqual(expected));
