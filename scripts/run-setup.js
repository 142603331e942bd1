// jest's globalSetup of all rings.
import { beginRun } from './run.js';

export default beginRun;
