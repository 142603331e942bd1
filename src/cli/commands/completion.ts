/**
 * cli: commander definition of `vipc completion`.
 */
import { Argument } from 'commander';
import { type Add, EXIT_CODES } from '../command.js';

/** Adds the command. */
export const addCompletion: Add = (program, io, done) => {
  program
    .command('completion')
    .summary('a script that lets a shell complete vipc command lines')
    .description(
      'Prints a script for bash, zsh or fish. With it the shell completes commands, options, option values where ' +
        'they are few, and file names. It has the options of this version, so print it again after an update.',
    )
    .addArgument(new Argument('<SHELL>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', () => HELP)
    .action(async (shell: string) => {
      const { runCompletion } = await import('../completion.js');
      done(await runCompletion(shell, program, io));
    });
};

const HELP = `
In this shell:
  source <(vipc completion bash)
  source <(vipc completion zsh)      # after compinit
  vipc completion fish | source

Always:
  vipc completion bash > ~/.local/share/bash-completion/completions/vipc
  vipc completion zsh > ~/.zsh/completions/_vipc     # a directory of the fpath
  vipc completion fish > ~/.config/fish/completions/vipc.fish
${EXIT_CODES}`;
