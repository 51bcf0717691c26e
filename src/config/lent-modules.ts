import { registerHooks } from 'node:module';

/** Where plugins find the contracts: the `exports` of package.json say so too, for editors and compilers. */
const KERNEL = 'passerelle/kernel';

/** What a plugin's schema and providers are made with; one that does not bring its own gets ours. */
const LENT: ReadonlySet<string> = new Set(['zod', '@nestjs/common']);

let lent = false;

/**
 * Lets plugins import `passerelle/kernel` wherever they lie, installed or not. Always the kernel that runs, even where a
 * copy is nearer: a copy's problems would not be known here for what they are.
 */
export function lendModules(): void {
  if (lent) return;
  lent = true;
  registerHooks({
    resolve(specifier, context, next) {
      const fromHere = { ...context, parentURL: import.meta.url };
      if (specifier === KERNEL) return next('#libs/kernel', fromHere);
      if (!LENT.has(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return next(specifier, fromHere);
      }
    },
  });
}
