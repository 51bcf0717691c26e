import type { Type } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { HandlerGuard } from './auth/handler.guard.js';
import { RouteGuard } from './http/route.guard.js';
import { ENDPOINT_PREFIX } from './http/server.js';
import { RateLimitGuard } from './rate-limit/index.js';

/** Where Fastify finds the controllers of plugins; the front door sends there what an endpoint of kind `plugin` takes. */
export const PLUGIN_PREFIX = `${ENDPOINT_PREFIX}/plugin`;

/** Steps 2 to 4, as before any controller. */
const STEPS: readonly unknown[] = [RouteGuard, HandlerGuard, RateLimitGuard];

/**
 * Puts the gateway's guards before the controllers' own, so that nobody can forget them.
 * @throws Error for what is no controller.
 */
export function guarded(controllers: readonly unknown[]): Type[] {
  return controllers.map((controller) => {
    if (typeof controller !== 'function') throw new Error('A plugin exports among its controllers what is no class');
    const own = (Reflect.getMetadata(GUARDS_METADATA, controller) ?? []) as readonly unknown[];
    // A class may be mounted in one process more than once.
    Reflect.defineMetadata(GUARDS_METADATA, [...STEPS, ...own.filter((guard) => !STEPS.includes(guard))], controller);
    return controller as Type;
  });
}
