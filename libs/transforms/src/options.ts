import { z } from 'zod';
import { parseSize } from '#libs/kernel';
import { TemplateError } from './template.js';

const SIZE = /^\d+(?:\.\d+)?\s*(?:[kKMG]i?B|[bB]|[kmg]i?b)$/;

/** `max` of a transform that buffers a body: text with a unit, turned into bytes. */
export const maxSize = () =>
  z.string().regex(SIZE, { error: 'expected a size such as 512b, 64KiB or 10MB' }).transform((text) => parseSize(text) as number).prefault('1MiB');

/** Turns the error of compiling an option into a mistake of the file, at the place where it was written. */
export function compiles<T>(compile: (value: T) => unknown): (value: T, context: z.RefinementCtx<T>) => void {
  return (value, context) => {
    try {
      compile(value);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  };
}
