import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { askHidden, readAll } from './ask.js';
import { UsageError } from './failure.js';

/** A terminal whose keys a test presses. */
class Keyboard {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly answer: Promise<unknown>;
  shown = '';

  constructor() {
    this.output.on('data', (text: Buffer) => { this.shown += text.toString(); });
    this.answer = this.#ask();
  }

  async #ask(): Promise<unknown> {
    const answer = await askHidden('Password: ', this).catch((error: unknown) => error);
    // What was written is heard a moment later.
    await setImmediate();
    return answer;
  }
}

it.each<[string, string, unknown]>([
  ['what is typed', 'sesame\r', 'sesame'],
  ['what was corrected', 'sesami\u007Fe\r', 'sesame'],
  ['nothing', '\r', ''],
  ['other letters', 'schöne Zeit ♥\r', 'schöne Zeit ♥'],
  ['Ctrl-C', 'ses\u0003', expect.any(UsageError)],
  ['Ctrl-D', '\u0004', expect.any(UsageError)],
])('hears %s, and shows none of it', async (_what, keys, expected) => {
  const keyboard = new Keyboard();
  keyboard.input.write(keys);
  expect(await keyboard.answer).toEqual(expected);
  expect(keyboard.shown).toBe('Password: \n');
});

it('notices the end of the input', async () => {
  const keyboard = new Keyboard();
  keyboard.input.end();
  expect(await keyboard.answer).toBeInstanceOf(UsageError);
});

it('reads all of an input, in whatever pieces it comes', async () => {
  const input = new PassThrough();
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  input.write(first);
  input.end(second);
  expect(await readAll(input)).toBe('é');
});
