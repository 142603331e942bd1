/**
 * The README and docs/ are correct, also on a node.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from '@jest/globals';
import { describeInKernel } from '../testing/machine/rings.js';
import { itPrintsWhatItSays, PAGES, stepsOf } from '../testing/run/pages.js';

const describeKernel = await describeInKernel();
const WITH_STEPS = PAGES.filter((page) => stepsOf(page, 'console root').length > 0);

it('there are transcripts of a node', () => expect(WITH_STEPS.map(({ path }) => path)).toContain('docs/node.md'));

describeKernel('a node in', () => {
  // After a failed step the namespace may still exist.
  afterAll(() => void spawnSync('ip', ['netns', 'del', 'node-a']));

  describe.each(WITH_STEPS)('$path', (page) => itPrintsWhatItSays(page, 'console root'));
});
