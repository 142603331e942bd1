/**
 * cli: `vipc sync` as commander knows it.
 */
import { Option } from 'commander';
import { type Add, example, examples } from '../command.js';
import { changeOptions, namespaceOption, nodeOptions, proxyOptions, strictOption } from '../flags.js';
import { LOG_FORMATS } from '../log-lines.js';
import type { SyncFlags } from '../sync.js';

/** Adds the command. */
export const addSync: Add = (program, io, done) => {
  const command = program
    .command('sync')
    .summary('the daemon: keeps this node as the cluster is')
    .description(
      'Watches a Kubernetes API, or a snapshot in files, and applies every change by the smallest change of rules. Looks ' +
        'at the whole node from time to time, reports what somebody else changed and repairs it. Ends with SIGTERM and ' +
        'leaves the rules; SIGHUP reads the configuration again. Needs root.',
    );
  changeOptions(nodeOptions(proxyOptions(namespaceOption(command))))
    .option('--kubeconfig <FILE>', 'how to reach the API (default: the service account of the pod it runs in)')
    .option('--snapshot <PATH...>', 'files and directories instead of an API; read again when they change')
    .addOption(strictOption('with --snapshot: one with warnings is not applied, and the rules stay as they are'))
    .option('--cleanup-on-exit', 'remove the rules in the end')
    .addOption(new Option('--log-format <FORMAT>', 'how log lines are written').choices(LOG_FORMATS).default('json'))
    .option('-v, --verbose', 'log more')
    .addHelpText('after', () =>
      examples('sync --kubeconfig /etc/kubernetes/kubelet.conf', `sync --snapshot ${example()}`),
    )
    .action(async (flags: SyncFlags) => {
      const { runSync } = await import('../sync.js');
      done(await runSync(flags, io));
    });
};
