import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { compile, RESOLVED_FILE } from '../pipeline.js';
import { ROOT } from '../testing/cases/cases.js';
import { BACKENDS } from './index.js';
import { FILES, LAYOUTS, MODES } from './modes.js';

const WEB = [{ name: 'cluster.yaml', text: readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8') }];

it('has the files of every mode', () => {
  for (const mode of MODES) {
    const { value } = compile(WEB, { ...DEFAULT_OPTIONS, mode });
    expect([...FILES, RESOLVED_FILE]).toEqual(expect.arrayContaining(value.map(({ name }) => name)));
  }
});

it('names what the backends are', () => {
  expect(MODES).toEqual(BACKENDS.map(({ mode }) => mode));
  expect(LAYOUTS).toEqual([...new Set(BACKENDS.flatMap(({ layouts }) => layouts))]);
});
