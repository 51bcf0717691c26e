import { compileAtHand } from '#libs/http-cache';
import type { StoredAnswers } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { compileCompression } from '../http/compression.js';
import type { RouteParts } from './compile.js';
import { cachePartsOf } from './interceptors/cache.js';

/** Fields that a service sees as the client sent them, unless the file edits them. */
const PASSING: ReadonlySet<string> = new Set(['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'origin']);

/**
 * What a route with a cache can answer without its interceptors. `null` where it has none, where a plugin wants to see
 * every request, and where the key holds who is calling.
 */
export function compileStoredAnswers(parts: RouteParts): StoredAnswers | null {
  const { cache, compression, headers, interceptors } = parts.settings;
  if (cache === 'off' || cache.key.principal || interceptors.length > 0) return null;
  const compress = compileCompression(compression);
  return Object.freeze({
    find: compileAtHand(cachePartsOf(parts, cache), compilePassing(headers.request)),
    finish: compress ?? ((_exchange, answer) => answer),
  } satisfies StoredAnswers);
}

function compilePassing({ drop, mode, set }: RouteSettings['headers']['request']): (name: string) => boolean {
  const edited = new Set([...drop, ...Object.keys(set)].map((name) => name.toLowerCase()));
  return (name) => mode === 'all' && PASSING.has(name) && !edited.has(name);
}
