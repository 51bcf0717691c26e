import type { Principal } from '#libs/kernel';
import { compilePath, type Claims } from './claim-path.js';
import type { JwtOptions } from './options.js';
import { TokenRefused } from './token-problem.js';

type Layout = JwtOptions['claims'];

/** Compiles the claim layout of the file into a function from claims to the principal they stand for. */
export function compilePrincipal(layout: Layout, authenticator: string): (claims: Claims, expiresAt: number) => Principal {
  const id = textReader(layout.id);
  const email = textReader(layout.email);
  const role = wholeReader(layout.role);
  const roles = listReader(layout.roles);
  const permissions = listReader(layout.permissions);
  const scopes = listReader(layout.scopes);
  return (claims, expiresAt) => {
    const who = id(claims);
    if (who === null) throw new TokenRefused('missing-claim');
    return Object.freeze({
      id: who,
      email: email(claims),
      roles: Object.freeze([...new Set([...role(claims), ...roles(claims)])]),
      permissions: Object.freeze(permissions(claims)),
      scopes: Object.freeze(scopes(claims)),
      authenticator,
      claims,
      expiresAt,
    });
  };
}

interface Source<T> {
  readonly from: readonly string[];
  readonly default?: T | undefined;
}

/** The first claim present, as `read` understands it; a claim of another shape counts as absent. */
function firstReader<T>(source: Source<unknown>, read: (value: unknown) => T | undefined): (claims: Claims) => T | undefined {
  const paths = source.from.map(compilePath);
  return (claims) => {
    for (const path of paths) {
      const value = read(path(claims));
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function textReader(source: Source<string>): (claims: Claims) => string | null {
  const first = firstReader(source, scalar);
  const fallback = source.default ?? null;
  return (claims) => first(claims) ?? fallback;
}

/** A single role is one name even with a space in it. */
function wholeReader(source: Source<string>): (claims: Claims) => readonly string[] {
  const first = firstReader(source, (value) => (Array.isArray(value) ? scalars(value) : wrap(scalar(value))));
  const fallback = source.default === undefined ? [] : [source.default];
  return (claims) => first(claims) ?? fallback;
}

function listReader(source: Source<readonly string[]>): (claims: Claims) => readonly string[] {
  const first = firstReader(source, list);
  const fallback = source.default ?? [];
  return (claims) => first(claims) ?? [...fallback];
}

function list(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return scalars(value);
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((part) => part !== '') : wrap(scalar(value));
}

const wrap = (value: string | undefined): string[] | undefined => (value === undefined ? undefined : [value]);
const scalars = (values: readonly unknown[]): string[] => values.map(scalar).filter((value) => value !== undefined);

/** Numbers beyond 2^53 were rounded by JSON.parse: two users would become one, so they do not count. */
function scalar(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
