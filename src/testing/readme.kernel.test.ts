/**
 * The README is true, on a node as well.
 */
import { spawnSync } from 'node:child_process';
import { afterAll } from '@jest/globals';
import { itPrintsWhatItSays } from './readme.js';
import { describeInKernel } from './rings.js';

const describeKernel = await describeInKernel();

describeKernel('the node in the README', () => {
  // When a step before the last fails, the namespace is still there.
  afterAll(() => void spawnSync('ip', ['netns', 'del', 'node-a']));

  itPrintsWhatItSays('console root');
});
