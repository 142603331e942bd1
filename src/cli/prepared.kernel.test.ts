/**
 * vipc where something is missing: no rights, no tools, nowhere to write. One sentence says all that is needed, exit code 2.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TOOLS } from '../doctor/tools.js';
import { ROOT } from '../testing/cases.js';
import { type Ring, runsIn } from '../testing/rings.js';

jest.setTimeout(120_000);
