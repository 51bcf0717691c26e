import { z } from 'zod';
import { compiles, maxSize } from './options.js';
import { TemplateError } from './template.js';

it.each([['1MiB', 1_048_576], ['512b', 512], ['10MB', 10_000_000], ['64 kb', 64_000], [undefined, 1_048_576]])('%s is %i bytes', (text, expected) => {
  expect(maxSize().parse(text)).toBe(expected);
});

it.each(['10', 'MB', '-1kB', '1TB', 5])('%s is no size', (text) => {
  expect(maxSize().safeParse(text).success).toBe(false);
});

it('turns only template errors into mistakes of the file', () => {
  const failing = (error: Error) => z.string().superRefine(compiles(() => { throw error; }));
  expect(failing(new TemplateError('no such name')).safeParse('x').error?.issues).toMatchObject([{ message: 'no such name' }]);
  expect(() => failing(new RangeError('bug')).safeParse('x')).toThrow(RangeError);
});
