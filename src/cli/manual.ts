/**
 * cli: the commander tree → the manual page vipc(1), in troff's man(7). It is kept in man/, and a test compares.
 */
import type { EventEmitter } from 'node:events';
import type { Command } from 'commander';
import { example } from './command.js';

/** The whole page. */
export function manualPage(program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help');
  return [
    `.\\" Made from the options of the commands: npm run man`,
    `.TH VIPC 1 "" "vipc ${roff(program.version() ?? '')}" "User Commands"`,
    '.SH NAME',
    `vipc \\- compiles Kubernetes Services into kube\\-proxy's kernel rules`,
    '.SH SYNOPSIS',
    '.B vipc',
    '.I COMMAND',
    roff('[options] [arguments]'),
    '.SH DESCRIPTION',
    text(program.description()),
    '.PP',
    text('kubectl vipc is the same, where kubectl-vipc is in the PATH.'),
    '.SH OPTIONS',
    ...optionsOf(program),
    '.SH COMMANDS',
    ...commands.flatMap(sectionOf),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, text(meaning)]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${roff(name)}`, text(meaning)]),
    '.SH SEE ALSO',
    '.BR kubectl (1),',
    '.BR iptables (8),',
    '.BR ipset (8),',
    '.BR ipvsadm (8)',
    '',
  ].join('\n');
}

const EXIT_STATUS = [
  ['0', 'Fine, or the same.'],
  ['1', 'Different, or the input has errors.'],
  ['2', 'Trouble: usage, an unreadable file, a tool that failed.'],
] as const;

const ENVIRONMENT = [
  ['KUBECONFIG', 'Where --context looks for clusters, as for kubectl.'],
  ['NO_COLOR', 'When it is not empty, no output has colours.'],
] as const;

/** A command with its usage, description, options and examples. */
function sectionOf(command: Command): readonly string[] {
  const usage = `vipc ${command.name()} ${command.usage()}`.split('\n').map((line) => line.trim());
  return [
    `.SS ${roff(`vipc ${command.name()}`)}`,
    ...usage.flatMap((line, i) => [...(i > 0 ? ['.br'] : []), text(line)]),
    '.PP',
    text(command.description()),
    ...argumentsOf(command),
    ...optionsOf(command),
    ...afterHelp(command),
  ];
}

function argumentsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return help
    .visibleArguments(command)
    .flatMap((argument) => [
      '.TP',
      `\\fI${roff(help.argumentTerm(argument))}\\fR`,
      text(help.argumentDescription(argument)),
    ]);
}

function optionsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .flatMap((option) => ['.TP', flags(help.optionTerm(option)), text(help.optionDescription(option))]);
}

/** `-o, --output <DIR>`: literal parts in bold, placeholders in italics. */
function flags(term: string): string {
  return term
    .split(/(<[^>]*>|\[[^\]]*\]|, )/)
    .filter((part) => part !== '')
    .map((part) => (part === ', ' ? part : /^[<[]/.test(part) ? `\\fI${roff(part)}\\fR` : `\\fB${roff(part)}\\fR`))
    .join('');
}

/**
 * The text after a help: paragraphs, each with a heading and verbatim lines. Exit codes have a section of their own.
 */
function afterHelp(command: Command): readonly string[] {
  let help = '';
  const write = (piece: string): void => {
    help += piece;
  };
  // addHelpText() listens for this event; commander's types do not show that a Command is an EventEmitter.
  (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write });
  // The path of the shipped snapshot differs between machines.
  const paragraphs = help.replaceAll(example(), 'cluster.yaml').trim().split(/\n\n+/);
  return paragraphs.filter((paragraph) => !paragraph.startsWith('Exit codes:')).flatMap(verbatim);
}

function verbatim(paragraph: string): readonly string[] {
  const [heading = '', ...lines] = paragraph.split('\n');
  return ['.PP', text(heading), '.PP', '.nf', '.RS 4', ...lines.map((line) => text(line.trim())), '.RE', '.fi'];
}

/** A line of text. One that begins with a dot or an apostrophe would be a troff request. */
function text(line: string): string {
  const escaped = roff(line);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** Characters that troff interprets; a hyphen becomes one that can be pasted into a shell. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
};

function roff(line: string): string {
  return line.replace(/[\\\-'`^~"]|[^ -~]/gu, (character) => SPECIAL[character] ?? unicode(character));
}

function unicode(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `\\[u${code.padStart(4, '0')}]`;
}
