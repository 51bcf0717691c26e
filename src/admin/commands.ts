import { z } from 'zod';
import { Problem, problems, type Target } from '#libs/kernel';
import type { CircuitBreaker } from '#libs/resilience';
import { serviceNamed, type LiveService, type Services } from '../services/index.js';

const service = z.string();
const target = z.string();
const route = z.string().nullable();

/** What an operator does by hand; carried out by every worker. `duration` is in milliseconds. */
export const command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('drain'), service, target }),
  z.strictObject({ do: z.literal('restore'), service, target }),
  z.strictObject({ do: z.literal('open'), service, route, duration: z.number() }),
  z.strictObject({ do: z.literal('close'), service, route }),
]);

export type Command = Readonly<z.output<typeof command>>;

/** What was done by hand and still holds, as commands that would do it again. */
export function inForce(services: Services): Command[] {
  return [...services.values()].flatMap(({ name: of, targets, breakers }) => [
    ...targets.filter(({ withdrawn }) => withdrawn).map(({ url }): Command => ({ do: 'drain', service: of, target: url.href })),
    ...[...breakers].filter(([, { heldFor }]) => heldFor > 0).map(([key, { heldFor }]): Command => ({ do: 'open', service: of, route: key === '' ? null : key, duration: heldFor })),
  ]);
}

/**
 * Carries a command out.
 * @throws Problem unknown-service, unknown-target or unknown-breaker; then nothing was done.
 */
export function carryOut(asked: Command, services: Services): void {
  const named = serviceNamed(asked.service, services);
  switch (asked.do) {
    case 'drain': return targetOf(named, asked.target).withdraw();
    case 'restore': return targetOf(named, asked.target).restore();
    case 'open': return breakerOf(named, asked.route).open(asked.duration);
    case 'close': return breakerOf(named, asked.route).close();
    default: return asked satisfies never;
  }
}

/** By its address, or by host and port as logs name it. */
function targetOf({ name, targets }: LiveService, wanted: string): Target {
  const found = targets.find(({ url }) => url.href === wanted || url.href === `${wanted}/` || url.host === wanted);
  if (found) return found;
  const known = targets.map(({ url }) => url.host);
  throw new Problem(problems.unknownTarget, `The service ${name} has no target "${wanted}"; it has: ${known.join(', ')}.`, { members: { targets: known } });
}

function breakerOf({ name, breakers }: LiveService, of: string | null): CircuitBreaker {
  const breaker = breakers.get(of ?? '');
  if (breaker) return breaker;
  const routes = [...breakers.keys()].filter((key) => key !== '');
  throw new Problem(problems.unknownBreaker, `${of === null ? `The service ${name}` : `The route ${of}`} has no circuit breaker of its own`, { members: { routes } });
}
