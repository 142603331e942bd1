/** A name server loads the zones of several clusters. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { describeInKernel } from '../testing/machine/rings.js';

const describeKernel = await describeInKernel();

const DIRECTORY = `${ROOT}golden/clusters`;
const zones = readdirSync(DIRECTORY, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.zone'))
  .sort();

it('there are zones', () => expect(zones.length).toBeGreaterThan(3));

describeKernel('named-checkzone', () => {
  it.each(zones)('%s', (file) => {
    const zone = file.replace(/^.*\//, '').replace(/\.zone$/, '');
    // Warnings count as failures, and names must be valid host names.
    const argv = ['-k', 'fail', '-n', 'fail', '-m', 'fail', '-i', 'local', '-M', 'fail', '-S', 'fail'];
    const said = execFileSync('named-checkzone', [...argv, zone, `${DIRECTORY}/${file}`], { encoding: 'utf8' });
    expect(said).toMatch(/loaded serial 1[^]*OK\n$/);
  });
});
