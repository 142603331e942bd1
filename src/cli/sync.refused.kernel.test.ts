import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const directory = mkdtempSync(join(tmpdir(), 'vipc-sync-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('vipc sync, without a cluster', () => {
  mkdirSync(join(directory, 'none'));
  writeFileSync(join(directory, 'empty.yaml'), '\n');
  it.each([
    ['both sources', ['--snapshot', 'a', '--kubeconfig', 'b'], /either --snapshot or --kubeconfig/],
    ['no configuration', ['-c', 'nowhere.yaml'], /nowhere\.yaml/],
    ['a snapshot that is not there', ['--snapshot', 'nowhere.yaml'], /^error: "nowhere\.yaml" does not exist$/m],
    ['one of them', ['--snapshot', `${ROOT}fixtures/tour/web`, 'nowhere.yaml'], /"nowhere\.yaml" does not exist/],
    ['an empty snapshot', ['--snapshot', '/dev/null'], /"\/dev\/null" is a device/],
    ['a snapshot without objects', ['--snapshot', `${ROOT}package.json`], /package\.json/],
    ['an empty directory', ['--snapshot', join(directory, 'none')], /without any \.yaml/],
    ['an empty file', ['--snapshot', join(directory, 'empty.yaml')], /^error: the snapshot .*empty\.yaml is empty/m],
    ['standard input', ['--snapshot', '-'], /must name files: standard input/],
    ['another log format', ['--log-format', 'xml'], /json, text/],
  ])('%s', async (_, flags, message) => {
    expect(await vipc(['sync', ...flags])).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});
