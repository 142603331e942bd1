/**
 * cli: commander definition of `vipc sync`.
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
    .summary('the daemon: keeps this node in sync with the cluster')
    .description(
      'Watches a Kubernetes API, or a snapshot in files, and applies every change by the smallest change of rules. Reads ' +
        'the whole node from time to time, reports what other programs changed and repairs it. SIGTERM ends it and ' +
        'leaves the rules; SIGHUP makes it read the configuration again. Needs root.',
    );
  changeOptions(nodeOptions(proxyOptions(namespaceOption(command))))
    .option('--kubeconfig <FILE>', 'how to reach the API (default: the service account of the pod it runs in)')
    .option('--snapshot <PATH...>', 'files and directories instead of an API; read again when they change')
    .addOption(strictOption('with --snapshot: do not apply a snapshot with warnings; the rules stay as they are'))
    .option('--cleanup-on-exit', 'remove the rules on exit')
    .option('--page', 'serve the page at / of the metrics address to every address, not only over loopback')
    .addOption(new Option('--log-format <FORMAT>', 'format of log lines').choices(LOG_FORMATS).default('json'))
    .option('-v, --verbose', 'log more')
    .addHelpText('after', () =>
      examples('sync --kubeconfig /etc/kubernetes/kubelet.conf', `sync --snapshot ${example()}`),
    )
    .action(async (flags: SyncFlags) => {
      const { runSync } = await import('../sync.js');
      done(await runSync(flags, io));
    });
};
