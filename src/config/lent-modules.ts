import { registerHooks } from 'node:module';

/** Where plugins find the contracts, and what their controllers are made with: the `exports` of package.json say so too, for editors and compilers. */
const DOORS: ReadonlyMap<string, string> = new Map([['passerelle/kernel', '#libs/kernel'], ['passerelle/nest', '../nest.js']]);

/** What a plugin's schema and providers are made with; one that does not bring its own gets ours. */
const LENT: ReadonlySet<string> = new Set(['zod', '@nestjs/common']);

let lent = false;

/**
 * Lets plugins import `passerelle/kernel` and `passerelle/nest` wherever they lie, installed or not. Always those that run,
 * even where a copy is nearer: a copy's problems would not be known here for what they are.
 */
export function lendModules(): void {
  if (lent) return;
  lent = true;
  registerHooks({
    resolve(specifier, context, next) {
      const fromHere = { ...context, parentURL: import.meta.url };
      const door = DOORS.get(specifier);
      if (door !== undefined) return next(door, fromHere);
      if (!LENT.has(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return next(specifier, fromHere);
      }
    },
  });
}
