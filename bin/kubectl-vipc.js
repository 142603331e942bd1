#!/usr/bin/env node
// kubectl runs what is called kubectl-vipc in the PATH for `kubectl vipc` and hands the other arguments on.
import { start } from './start.js';

await start('kubectl vipc');
