import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

// For `node --conditions=source --import`: runs the sources as Jest does, in a process of their own that a test may kill.
const swc = JSON.parse(readFileSync(new URL('../../.swcrc', import.meta.url), 'utf8'));

registerHooks({
  resolve(specifier, context, next) {
    const typed = specifier.startsWith('.') && specifier.endsWith('.js') ? `${specifier.slice(0, -3)}.ts` : null;
    const found = typed !== null && context.parentURL !== undefined && existsSync(new URL(typed, context.parentURL));
    return next(found ? typed : specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const { code } = transformSync(readFileSync(fileURLToPath(url), 'utf8'), { ...swc, swcrc: false, sourceMaps: 'inline', filename: fileURLToPath(url) });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
