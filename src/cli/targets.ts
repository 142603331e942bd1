/**
 * cli: the arguments of `get` and `describe` → the Services, and the paths to read them from. They follow
 * kubectl's habits, so the form of an argument tells its meaning:
 *
 *     svc, service, services     as the first argument: the resource, may be left out
 *     svc/NAME                   a Service, anywhere
 *     -, a/b, x.yaml, x.json     a PATH, as is every path that exists
 *     anything else              after the resource a NAME, else an error
 *
 * A plain word after the resource that exists as a file may be meant as a NAME: `doubtful`.
 */
import { existsSync } from 'node:fs';

const RESOURCES = ['svc', 'service', 'services'];

export interface Targets {
  readonly names: readonly string[];
  readonly paths: readonly string[];
  /** Paths that could be names. */
  readonly doubtful: readonly string[];
}

/** The targets of `args`. An argument that is neither a name nor a path is an Error. */
export function targetsOf(args: readonly string[], command: string): Targets {
  const typed = RESOURCES.includes(args[0] ?? '');
  const names: string[] = [];
  const paths: string[] = [];
  for (const arg of typed ? args.slice(1) : args) {
    const [resource = '', name] = arg.split('/');
    if (name && RESOURCES.includes(resource) && arg.split('/').length === 2) names.push(name);
    else if (isPath(arg)) paths.push(arg);
    else if (typed) names.push(arg);
    else throw new Error(unknown(arg, command));
  }
  return { names, paths, doubtful: typed ? paths.filter((path) => !hasPathForm(path)) : [] };
}

function isPath(arg: string): boolean {
  return hasPathForm(arg) || existsSync(arg);
}

function hasPathForm(arg: string): boolean {
  return arg === '-' || arg.includes('/') || /\.(ya?ml|json)$/.test(arg);
}

function unknown(arg: string, command: string): string {
  const said = JSON.stringify(arg.slice(0, 60));
  return `${said} is no file or directory; for a Service of that name: vipc ${command} svc/NAME [PATH...]`;
}
