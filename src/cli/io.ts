import { styleText } from 'node:util';
import type { Environment } from '../config/interpolate.js';
import { askHidden, readAll } from './ask.js';

/** What a command reads from and writes to; a spec gives its own. */
export interface Io {
  readonly env: Environment;
  /** Writes lines to the standard output; the last line feed is added. */
  out(text: string): void;
  /** The same to the standard error output. */
  err(text: string): void;
  readonly paint: Paint;
  /** Asks somebody at the terminal, and does not show what is typed; `null` where nobody sits at one. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** All of the standard input. */
  read(): Promise<string>;
}

type Style = Parameters<typeof styleText>[0];

/** Adds colour, where the output is a terminal that wants it. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** The process's own streams and environment. */
export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  // A reader such as `head` that has enough is no error.
  for (const stream of [stdout, stderr]) stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    env,
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    paint: wantsColour(stdout, env) ? coloured : plain,
    ask: stdin.isTTY && stderr.isTTY ? (question) => askHidden(question, { input: stdin, output: stderr }) : null,
    read: () => readAll(stdin),
  };
}

/** `NO_COLOR` and `FORCE_COLOR` as other tools understand them; else colour on a terminal only. */
function wantsColour(stream: NodeJS.WriteStream, env: Environment): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
