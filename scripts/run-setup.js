// jest's globalSetup of every ring.
import { beginRun } from './run.js';

export default beginRun;
