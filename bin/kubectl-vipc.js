#!/usr/bin/env node
// For `kubectl vipc`, kubectl runs the program kubectl-vipc in PATH and passes the other arguments on.
import { start } from './start.js';

await start('kubectl vipc');
