import 'reflect-metadata';
import type { ExecutionContext } from '@nestjs/common';
import type { ThrottlerOptions } from '@nestjs/throttler';

/** What `@Throttle()` leaves on a method or a class, before the name of the throttler. */
const MARK = 'THROTTLER:LIMIT';
/** Names that `@Throttle()` may use; those of Nest's own documentation. */
const NAMES = ['default', 'short', 'medium', 'long'] as const;

const known = new WeakMap<object, boolean>();

/** Whether the controller or the method has a `@Throttle()` of its own; looked up once per method. */
export function isThrottled(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  let answer = known.get(handler);
  if (answer === undefined) known.set(handler, (answer = NAMES.some((name) => isMarked(context, name))));
  return answer;
}

/** The throttlers there are; without a mark none of them does anything. */
export const throttlers: ThrottlerOptions[] = NAMES.map((name) => ({ name, limit: 1, ttl: 1, skipIf: (context) => !isMarked(context, name) }));

function isMarked(context: ExecutionContext, name: string): boolean {
  return [context.getHandler(), context.getClass()].some((place) => Reflect.hasMetadata(`${MARK}${name}`, place));
}
