import type { Answer, Exchange, HeaderList } from '#libs/kernel';
import { knownCodings } from './content-coding.js';
import { convertAnswer } from './convert-answer.js';
import { parseExact, stringifyExact } from './exact-json.js';
import { isJson, isUtf8 } from './json-message.js';

/** What an edit of answers is called in events, and how many bytes it takes, packed and unpacked. */
export interface AnswerEditOptions {
  readonly name: string;
  readonly max: number;
}

/** Asks the service for what can be edited: the client must not choose a range or a coding to go round the edits. */
export function askForReadable(headers: HeaderList): void {
  headers.remove('range');
  headers.remove('if-range');
  const accepted = headers.all('accept-encoding').join(', ');
  if (accepted === '') return;
  const known = knownCodings(accepted);
  if (known === '') headers.remove('accept-encoding');
  else headers.set('accept-encoding', known);
}

/**
 * Edits the JSON body of an answer.
 * @throws Problem as `convertAnswer` does.
 */
export function editJsonAnswer(exchange: Exchange, answer: Answer, edit: (value: unknown) => unknown, { name, max }: AnswerEditOptions): Promise<void> {
  return convertAnswer(exchange, answer, { name, max, takes: isJson, readable: isUtf8, convert: (bytes) => stringifyExact(edit(parseExact(bytes))) });
}
