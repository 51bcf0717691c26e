import type { z } from 'zod';
import { bodyReader } from './field-reader.js';
import { compileAnswers } from './identity-answers.js';
import type { AnswerName, ShapeSettings, Told } from './shape-settings.js';

/**
 * What the platform's clients send and read, as `fields` and `answers` of the file have it. A controller of identity
 * uses it so:
 *
 *     const { refreshToken } = await readJson(exchange, shapes.body(z.object({ refreshToken: z.string().max(512) })));
 *     const grant = await sessions.refresh(refreshToken, callerOf(exchange));
 *     return shapes.answer('refresh', { account: grant.account, grant });
 */
export interface Shapes {
  /** For `readJson`: a schema in our names (`IdentityConfig['fields']`), for a body in theirs. Issues name their fields. */
  body<T>(schema: z.ZodType<T>): z.ZodType<T>;
  /** Body of an answer; `undefined` where there is to be none, which is a 204. */
  answer(name: AnswerName, told: Told): unknown;
}

const compiled = new WeakMap<ShapeSettings, Shapes>();

/**
 * The shapes of a configuration, compiled once.
 * @throws TemplateError when a template of `answers` has a placeholder that means nothing.
 */
export function shapesOf(config: ShapeSettings): Shapes {
  const known = compiled.get(config);
  if (known) return known;
  const answers = compileAnswers(config);
  const shapes: Shapes = { body: bodyReader(config), answer: (name, told) => answers[name]?.(told) };
  compiled.set(config, shapes);
  return shapes;
}
