import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.js';
import { fencesOf, pages, read, root } from './markdown.js';

/**
 * Commands of the pages. Those of getting-started.md and backup.md are run as a whole by specs of their own; what needs an
 * engine, a cluster, root, a browser or a quarter of an hour is looked at here: our own programs, options, scripts and files
 * have to be there.
 */
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'console']);
const shellFences = pages.flatMap((page) => fencesOf(read(page)).filter(({ language, text }) => SHELLS.has(language) || (language === 'text' && /^(?:passerelle|curl) /.test(text)))
  .map(({ text }, index) => [page, index, text] as const));
const io = { env: {}, out: () => {}, err: () => {}, paint: (_style: unknown, text: string) => text, ask: null, read: () => Promise.resolve('') };

/** Programs of the machine; what they are given is theirs to judge. */
const OTHERS = new Set('amtool cat cd cp curl cut docker echo export for done do grep helm install k6 kill kind kubectl kustomize locust mkdir openssl pg_dump pg_restore pip promtool rm sha256sum sleep source sudo systemctl tee time token wait'.split(' '));
const FOLDERS = /^(?:\.\/)?((?:bench|bin|deploy|docs|libs|scripts|src|test)\/[\w./-]+)$/;

/** The commands of a script, each as its words; what is within quotes or `$(...)` is one word. */
function commandsOf(script: string): string[][] {
  const plain = script.replaceAll(/\\\n\s*/g, ' ').replaceAll(/<<'?(\w+)'?\n.*?^\1$/gms, '').replaceAll(/"[^"]*"|'[^']*'|\$\([^()]*\)/g, (kept) => kept.replaceAll(/[\s;|&]/g, '\u00A0'));
  return plain.split('\n').map((line) => line.replace(/(^|\s)#.*/, ''))
    .flatMap((line) => line.split(/\s(?:&&|\|\||\|)\s|;\s*|\s&$/))
    .map((command) => command.trim().split(/ +/).map((word) => word.replaceAll('\u00A0', ' ').replaceAll(/^["']|["']$/g, '')))
    .map((words) => words.slice(words.findIndex((word) => !/^\w+=/.test(word))))
    .filter(([name = '']) => name !== '' && !/^\w+=/.test(name));
}

/** What is wrong with a call of ours: an option, an argument or a command that there is not. */
function misused(program: Command, [name = '', ...words]: readonly string[]): string | null {
  if (name.startsWith('-')) return ['--help', '--version', '-h', '-V'].includes(name) ? null : `there is no option ${name}`;
  const command = program.commands.find((each) => each.name() === name);
  if (!command) return `there is no command ${name}`;
  let arguments_ = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    if (/^\d?[<>]/.test(word)) { i += 1; continue; }
    if (word.startsWith('-') && word !== '-') {
      const option = command.options.find(({ long, short }) => [long, short].includes(word.split('=')[0]));
      if (!option && !['-h', '--help'].includes(word)) return `${name} has no option ${word}`;
      if (option && (option.required || option.optional) && !word.includes('=')) i += 1;
      continue;
    }
    const argument = command.registeredArguments[arguments_];
    arguments_ += 1;
    if (!argument) return `${name} takes no argument ${word}`;
    if (argument.argChoices && !argument.argChoices.includes(word) && !/^[<$.A-Z]/.test(word)) return `${name} knows no ${word}`;
  }
  return null;
}

function wrong(program: Command, [name = '', ...words]: readonly string[], folder: string): string | null {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const missing = [name, ...words].map((word) => FOLDERS.exec(word)?.[1]).filter((file) => file !== undefined && !existsSync(path.join(root, file)) && !existsSync(path.join(root, folder, file)));
  if (missing.length > 0) return `${missing.join(', ')} is not there`;
  if (name === 'passerelle' || name === 'bin/passerelle') return misused(program, words);
  if (name === 'npm') return words[0] === 'run' && !(words[1] as string in scripts) ? `there is no script ${words[1]}` : null;
  if (name === 'npx' || name === 'node' || name === 'exec' || FOLDERS.test(name)) return null;
  if (name.startsWith('./')) return existsSync(path.join(root, folder, name)) ? null : `${name} is not there`;
  return OTHERS.has(name) ? null : `${name} is no program that this test knows: add it, or mend the page`;
}

describe('O14: the commands in the pages', () => {
  let program: Command;
  beforeAll(async () => { program = await buildProgram([], io, () => {}); });

  it.each(shellFences)('%s, the block number %i: a shell can read it, and what is ours of it is there', (page, _index, text) => {
    expect(() => execFileSync('bash', ['-n'], { input: text, stdio: 'pipe' })).not.toThrow();
    let folder = path.posix.dirname(page);
    const found = commandsOf(text).map((words) => {
      if (words[0] === 'cd') folder = path.posix.normalize(words[1] ?? '.');
      return wrong(program, words, folder);
    });
    expect(found.filter((each) => each !== null)).toEqual([]);
  });

  it.each(pages)('%s: calls of the program in the text', (page) => {
    const calls = [...read(page).replaceAll(/^```.*?^```$/gms, '').matchAll(/`(passerelle [a-z][^`]*)`/g)].map(([, call = '']) => call.replaceAll(/[[\]]/g, ''));
    const found = calls.flatMap(commandsOf).map(([, ...words]) => misused(program, words));
    expect(found.filter((each) => each !== null)).toEqual([]);
  });

  it('are found', () => expect(shellFences.length).toBeGreaterThan(15));
});
