import { Secret } from '#libs/kernel';
import { writtenAt } from '../origins.js';
import { parsePostgresUrl } from '../schema/postgres-url.js';
import { parseRedisUrl } from '../schema/redis-url.js';
import type { Facts } from './facts.js';

/** Secrets that stand in the file itself, where everyone who reads the file reads them. */
export function checkSecrets({ resolved, warnings }: Facts): void {
  for (const [section, values] of [['redis', redisSecrets(resolved.file)], ['database', databaseSecrets(resolved.file)], ['log', Object.entries(resolved.file?.log ?? {}).filter(([key]) => key === 'debug')], ['identity', Object.entries(resolved.file?.identity ?? {})], ['tracing', Object.entries(resolved.file?.tracing ?? {})], ['authenticate', Object.entries(resolved.file?.authenticate ?? {})], ['services', Object.entries(resolved.file?.services ?? {})], ['routes', [...resolved.routes]], ['endpoints', [...resolved.endpoints]]] as const) {
    for (const [name, value] of values as readonly (readonly [string, object])[]) {
      for (const path of secretsIn(value, [section, name])) {
        const node = writtenAt(resolved.written, path);
        if (node?.kind === 'scalar' && node.from === 'text') warnings.add(node.place, path, 'a secret is written in the file; take it from the environment (`${NAME}`) or from a file (`${file:path}`)');
      }
    }
  }
}

/** The address of a Redis is a secret only where it has a password in it. */
function redisSecrets(file: Facts['resolved']['file']): readonly (readonly [string, unknown])[] {
  return Object.entries(file?.redis ?? {}).filter(([key, value]) => key !== 'url' || !(value instanceof Secret) || parseRedisUrl(value.reveal()).password !== null);
}

/** So is that of a database. */
function databaseSecrets(file: Facts['resolved']['file']): readonly (readonly [string, unknown])[] {
  const url = file?.database.url;
  return url === undefined || parsePostgresUrl(url.reveal()).password === null ? [] : [['url', url]];
}

function secretsIn(value: unknown, path: readonly (string | number)[]): readonly (readonly (string | number)[])[] {
  if (value instanceof Secret) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item, [...path, index]));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key]));
}
