/**
 * cli: commander definition of `vipc capture`.
 */
import type { CaptureFlags } from '../capture.js';
import { type Add, examples } from '../command.js';

/** Adds the command. */
export const addCapture: Add = (program, io, done) => {
  program
    .command('capture')
    .summary('a script that collects the state of a node into a directory, for diff elsewhere')
    .description(
      'Prints a short POSIX shell script for nodes where vipc is not installed: sh capture.sh [--flows] [DIR] collects ' +
        'rules, sets, virtual servers, addresses, routes, kernel parameters and versions into the new directory DIR. It ' +
        'only reads. With -o vipc runs it here. vipc diff DIR PATH then shows how that node differs from a snapshot.',
    )
    .option('-o, --output <DIR>', 'run the script on this node, into the new directory DIR')
    .option('--netns <NAME|PATH>', 'with -o: use this network namespace as the node')
    .option('--flows', 'with -o: also collect the connections that the kernel tracks')
    .addHelpText('after', () =>
      examples(
        'capture > capture.sh',
        'capture | ssh node sudo sh -s -- /tmp/node-a',
        'capture -o node-a',
        'diff node-a cluster.yaml',
      ),
    )
    .action(async (flags: CaptureFlags) => {
      const { runCapture } = await import('../capture.js');
      done(await runCapture(flags, io));
    });
};
