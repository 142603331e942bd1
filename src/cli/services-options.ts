/**
 * cli: the options and arguments of the commands that show Services.
 */
import type { Command } from 'commander';
import { namespace } from './flags.js';

/** Options that select Services. */
export function servicesOptions(command: Command): Command {
  return command
    .option('-A, --all-namespaces', 'Services of all namespaces')
    .option(
      '-n, --namespace <NAMESPACE>',
      'Services of this namespace (default: that of the context, or default)',
      namespace,
    )
    .option('-l, --selector <SELECTOR>', "select by labels, as kubectl: app=web,tier!=cache,'env in (a, b)',!canary");
}

/** How arguments are told apart. */
export const ARGUMENTS = `
How arguments are read:
  svc, service, services: the resource, as the first argument; may be left out
  svc/NAME: a Service
  PATH: exists, has a / or ends in .yaml, .yml or .json; ./svc is a directory
  NAME: anything else, only after svc
`;
