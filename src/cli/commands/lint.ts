/**
 * cli: options, arguments and help of `vipc lint` for commander.
 */
import { Option } from 'commander';
import { type Add, example } from '../command.js';
import { clusterOption, collect, completionOptions, namespaceOption, nodeOption, sourceOptions } from '../flags.js';
import type { LintFlags } from '../lint.js';

export const addLint: Add = (program, io, done) => {
  const command = program
    .command('lint')
    .summary('what is valid in manifests or a cluster, but hardly meant')
    .description(
      'Reports what an API server takes and what is hardly meant: selectors that find nothing, addresses and ports that ' +
        'two want, policies that drop what comes, addresses that take traffic from their owner. Each finding has a place, ' +
        'a code, a severity, and what to do; docs/lint.md has all codes. A comment `# vipc-ignore: CODE` at the end of a ' +
        'line, or alone above it, ignores its findings; above the first line of an object, all of the object. ' +
        'Findings go to standard output. What no API server would take is an error, and then nothing else is looked for.',
    );
  nodeOption(
    clusterOption(completionOptions(namespaceOption(sourceOptions(command)))),
    'findings that depend on a node are for this one alone (default: all Nodes)',
  )
    .option(
      '--node-address <IP>',
      'with --node: another address of it, not in its status.addresses (repeatable)',
      collect,
    )
    .addOption(
      new Option('--severity <LEVEL>', 'findings of this severity and worse are shown, and make the exit code 1')
        .choices(['error', 'warning', 'note'])
        .default('warning'),
    )
    .option(
      '--lint-config <FILE>',
      'severities by code: `severity: { CODE: error|warning|note|off }` (default: .vipc-lint.yaml, where it is there)',
    )
    .addOption(
      new Option('--format <FORMAT>', 'of standard output; sarif: SARIF 2.1.0; github: commands of GitHub Actions')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .addHelpText('after', lintHelp)
    .action(async (paths: string[], flags: LintFlags) => {
      const { runLint } = await import('../lint.js');
      done(await runLint(paths, flags, io));
    });
};

function lintHelp(): string {
  const file = example();
  return `
Examples:
  vipc lint ${file}
  vipc lint deploy --severity note
  vipc lint deploy --format sarif > lint.sarif
  vipc lint --context kind-dev
  vipc lint --node node-a ${file}
  vipc lint --cluster east=east.yaml --cluster west=west.yaml
  helm template shop charts/shop | vipc lint --format github

Exit codes: 0 nothing of that severity; 1 findings; 2 trouble, errors of the input among it.
`;
}
