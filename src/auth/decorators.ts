import { createParamDecorator, SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { z } from 'zod';
import { exchangeIn } from '../http/exchange-of.js';
import { readJson } from '../http/read-json.js';
import type { Demand } from './access.js';

const PUBLIC = 'passerelle:public';
const NAMES = ['roles', 'permissions', 'scopes'] as const;

const names = (attribute: (typeof NAMES)[number]) => (...any: readonly string[]): CustomDecorator => SetMetadata(`passerelle:${attribute}`, any);

/** The caller needs one of these roles, or one that implies it. On a class it holds for all methods without one of their own. */
export const Roles = names('roles');
/** The caller needs one of these permissions, their own or brought by a role. */
export const Permissions = names('permissions');
/** The credential needs one of these scopes. */
export const Scopes = names('scopes');
/** Nobody has to be known. Who shows a credential is known all the same, and a bad one is refused. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

/** The principal of the request; `null` where nobody is known. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context) => exchangeIn(context).principal);

// Under a name of ours: Nest takes what has a `transform` for a pipe, and what is called `schema` for something it checks itself.
const jsonBody = createParamDecorator(({ shape }: { readonly shape: z.ZodType }, context) => readJson(exchangeIn(context), shape));

/** The body as JSON, checked by a zod schema: 400, 413, 415 or 422 tell what is wrong with it. Up to 64 KiB. */
export const JsonBody = (schema: z.ZodType): ParameterDecorator => jsonBody({ shape: schema });

const known = new WeakMap<object, WeakMap<object, Demand | null>>();

/** What the decorators of a method and its class ask, read once; `null` where there are none. */
export function demandOf(controller: object, method: object): Demand | null {
  const methods = known.get(controller) ?? new WeakMap<object, Demand | null>();
  known.set(controller, methods);
  let demand = methods.get(method);
  if (demand === undefined) {
    demand = read(controller, method);
    methods.set(method, demand);
  }
  return demand;
}

/** A method that says whom it is open to is not spoken for by its class. Of two that contradict each other, the stricter holds. */
function read(controller: object, method: object): Demand | null {
  const own = rulesOf(method);
  if (Object.keys(own).length === 0 && isOpen(method)) return { open: true, rule: 'any' };
  const rule = { ...rulesOf(controller), ...own };
  if (Object.keys(rule).length > 0) return { open: false, rule };
  return isOpen(controller) ? { open: true, rule: 'any' } : null;
}

function isOpen(target: object): boolean {
  return Reflect.getMetadata(PUBLIC, target) === true;
}

function rulesOf(target: object): Partial<Record<(typeof NAMES)[number], string[]>> {
  return Object.fromEntries(NAMES.flatMap((attribute) => {
    const any = Reflect.getMetadata(`passerelle:${attribute}`, target) as string[] | undefined;
    return any === undefined ? [] : [[attribute, any]];
  }));
}
