import { compileAtHand } from '#libs/http-cache';
import type { StoredAnswers } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { compileCompression } from '../http/compression.js';
import type { RouteParts } from './compile.js';
import { compileOwnHeaders } from './interceptors/own-headers.js';

/** Fields that a service sees as the client sent them, unless the file edits them. */
const PASSING: ReadonlySet<string> = new Set(['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'origin']);

/**
 * What a route with a cache can answer without its interceptors. `null` where it has none, where a plugin wants to see
 * every request, and where the key holds who is calling.
 */
export function compileStoredAnswers(parts: RouteParts): StoredAnswers | null {
  const { kept, settings } = parts;
  const { cache, compression, headers, interceptors } = settings;
  if (kept === null || cache === 'off' || cache.key.principal || interceptors.length > 0) return null;
  const compressed = compileCompression(compression);
  const own = compileOwnHeaders(parts);
  return Object.freeze({
    find: compileAtHand(kept, compilePassing(headers.request)),
    // What is kept says already that it varies.
    finish: (exchange, answer) => {
      own?.(exchange, answer);
      return compressed === null || exchange.headers['accept-encoding'] === undefined ? answer : compressed.encode(exchange, answer);
    },
  } satisfies StoredAnswers);
}

function compilePassing({ drop, mode, set }: RouteSettings['headers']['request']): (name: string) => boolean {
  const edited = new Set([...drop, ...Object.keys(set)].map((name) => name.toLowerCase()));
  return (name) => mode === 'all' && PASSING.has(name) && !edited.has(name);
}
