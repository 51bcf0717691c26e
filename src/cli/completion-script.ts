import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Flag {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
}

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** Words the first argument may be. */
  readonly words: readonly string[];
}

/** A script that completes commands, their options and, for the rest, file names. */
export function completionScript(program: Command, shell: Shell): string {
  const entries = program.commands.map(entryOf);
  switch (shell) {
    case 'bash': return bash(entries);
    // zsh runs bash completions once it is told so.
    case 'zsh': return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(entries)}`;
    case 'fish': return fish(entries);
  }
}

function entryOf(command: Command): Entry {
  const help = { long: '--help', short: '-h', description: 'print this help' };
  const flags = command.options.filter(({ hidden }) => !hidden).map(({ description, long, short }) => ({ long: long ?? '', short, description }));
  return { name: command.name(), description: command.description(), flags: [...flags, help], words: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []) };
}

function bash(entries: readonly Entry[]): string {
  const cases = entries.map(({ flags, name, words }) => `    ${name}) words="${[...words, ...flags.map(({ long }) => long)].join(' ')}" ;;`);
  return [
    '_passerelle() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" words',
    '  case "${COMP_CWORD}:${COMP_WORDS[1]}" in',
    `    1:*) words="${[...entries.map(({ name }) => name), 'help', '--help', '--version'].join(' ')}" ;;`,
    ...cases.map((line) => line.replace(/^ {4}/, '    *:')),
    '  esac',
    '  COMPREPLY=($(compgen -W "${words}" -- "${current}"))',
    '}',
    'complete -o default -F _passerelle passerelle',
  ].join('\n');
}

function fish(entries: readonly Entry[]): string {
  return entries.flatMap(({ description, flags, name, words }) => [
    `complete -c passerelle -n __fish_use_subcommand -a ${name} -d ${fishQuoted(description)}`,
    ...words.map((word) => `complete -c passerelle -n '__fish_seen_subcommand_from ${name}' -a ${word}`),
    ...flags.map((flag) => `complete -c passerelle -n '__fish_seen_subcommand_from ${name}' -l ${flag.long.slice(2)}${flag.short ? ` -s ${flag.short.slice(1)}` : ''} -d ${fishQuoted(flag.description)}`),
  ]).join('\n');
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
