import type { Caller } from '../proxy/dry-request.js';
import { nearestName } from '../config/nearest-name.js';
import { quoted } from './text.js';

const KEYS = ['id', 'email', 'role', 'roles', 'permissions', 'scopes', 'authenticator'] as const;
type Key = (typeof KEYS)[number];

/**
 * Reads `--as role=admin,id=7,permissions=a|b,claims.tenant=x`.
 * @throws Error that says what is allowed.
 */
export function parseCaller(text: string): Caller {
  const said = new Map<Key, string>();
  const claims: Record<string, unknown> = {};
  for (const part of text.split(',').map((each) => each.trim()).filter((each) => each !== '')) {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(part) ?? [];
    const claim = /^claims\.(.+)$/.exec(key)?.[1];
    if (claim !== undefined) claims[claim] = value;
    else if (isKey(key)) said.set(key, value);
    else throw new Error(unknownKey(part, key));
  }
  const list = (key: Key): string[] => (said.get(key) ?? '').split('|').filter((item) => item !== '');
  return {
    id: said.get('id') ?? 'test', email: said.get('email'), authenticator: said.get('authenticator'),
    roles: [...new Set([...list('role'), ...list('roles')])], permissions: list('permissions'), scopes: list('scopes'),
    claims,
  };
}

function isKey(key: string): key is Key {
  return (KEYS as readonly string[]).includes(key);
}

function unknownKey(part: string, key: string): string {
  const near = nearestName(key, KEYS);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return `"${part}" says nothing about a caller.${hint} Expected ${KEYS.join('=, ')}= or claims.NAME=, with commas between them and | between the items of a list, e.g. role=admin,id=7.`;
}

/** The caller of a test, as `--as` would say it. */
export function callerText({ authenticator, claims, email, id, permissions, roles, scopes }: Caller): string {
  const parts = [
    ...(roles.length > 0 ? [`roles=${roles.join('|')}`] : []),
    `id=${id}`,
    ...(email === undefined ? [] : [`email=${email}`]),
    ...(permissions.length > 0 ? [`permissions=${permissions.join('|')}`] : []),
    ...(scopes.length > 0 ? [`scopes=${scopes.join('|')}`] : []),
    ...(authenticator === undefined ? [] : [`authenticator=${authenticator}`]),
    ...Object.entries(claims).flatMap(([name, value]) => (typeof value === 'string' || typeof value === 'number' ? [`claims.${name}=${value}`] : [])),
  ];
  return quoted(parts.join(','));
}
