/**
 * cli: the options and arguments of the commands that show Services.
 */
import type { Command } from 'commander';
import { namespace } from './flags.js';

/** Which Services. */
export function servicesOptions(command: Command): Command {
  return command
    .option('-A, --all-namespaces', 'those of all namespaces')
    .option(
      '-n, --namespace <NAMESPACE>',
      'those of this namespace (default: that of a cluster’s context, or default)',
      namespace,
    )
    .option('-l, --selector <SELECTOR>', "by labels, as kubectl: app=web,tier!=cache,'env in (a, b)',!canary");
}

/** How arguments are told from each other. */
export const ARGUMENTS = `
Which argument is what:
  svc, service or services comes first and may be left out. svc/NAME is a Service; after svc so is a NAME alone.
  What exists, has a / or ends in .yaml, .yml or .json is a PATH, a NAME that exists too; ./svc is the directory.
`;
