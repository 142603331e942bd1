#!/usr/bin/env node
// kubectl runs what is called kubectl-vipc in the PATH for `kubectl vipc` and hands the other arguments on.
import { main } from '../dist/cli/main.js';

process.exitCode = await main(process.argv.slice(2), process, 'kubectl vipc');
