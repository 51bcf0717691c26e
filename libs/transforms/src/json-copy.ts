import { isContainer, parseExact } from './exact-json.js';
import { compileFixedPath, compileJsonPath, putAt, putKey, valueAt, type JsonPath } from './json-path.js';

/** Path of a value to the path, or paths, where it stands as well. */
export type Copies = Readonly<Record<string, string | readonly string[]>>;

/**
 * Compiles `{ access_token: [accessToken, data.accessToken] }`, in the order written. What is at a path already stays,
 * and what is not there is not copied.
 * @throws TemplateError for a path that cannot be compiled, or that leads to several values.
 */
export function compileCopy(copies: Copies): (value: unknown) => unknown {
  const compiled = Object.entries(copies).map(([from, to]) => ({ from: compileFixedPath(from), to: targetsOf(to) }));
  return (root) => {
    for (const { from, to } of compiled) putMissing(root, valueAt(root, from), to);
    return root;
  };
}

/** Path of a JSON Web Token to its claims, each with the path, or paths, where it shall stand. */
export type TokenClaims = Readonly<Record<string, Copies>>;

/**
 * Compiles `{ access_token: { sub: user.name } }`: claims of tokens in the body stand in it too, as `compileCopy` has it.
 * Nothing is verified: a service says so of its own tokens. What is no token (RFC 7519 3) has no claims.
 * @throws TemplateError for a path that cannot be compiled.
 */
export function compileClaims(tokens: TokenClaims): (value: unknown) => unknown {
  const compiled = Object.entries(tokens).map(([at, claims]) => ({
    at: compileFixedPath(at),
    claims: Object.entries(claims).map(([claim, to]) => ({ claim: compileJsonPath(claim), to: targetsOf(to) })),
  }));
  return (root) => {
    for (const { at, claims } of compiled) {
      const payload = payloadOf(valueAt(root, at));
      for (const { claim, to } of claims) putMissing(root, valueAt(payload, claim), to);
    }
    return root;
  };
}

function targetsOf(to: string | readonly string[]): readonly JsonPath[] {
  return (typeof to === 'string' ? [to] : to).map(compileFixedPath);
}

function putMissing(root: unknown, value: unknown, paths: readonly JsonPath[]): void {
  if (value === undefined) return;
  for (const path of paths) if (valueAt(root, path) === undefined) putAt(root, path, duplicate(value));
}

/** Later edits of one of two places must not show in the other, and an object must not end up within itself. */
function duplicate(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map(duplicate);
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) putKey(copy, key, duplicate(field));
  return copy;
}

function payloadOf(token: unknown): unknown {
  const [, payload, ...rest] = typeof token === 'string' ? token.split('.') : [];
  if (payload === undefined || rest.length !== 1) return undefined;
  try {
    return parseExact(Buffer.from(payload, 'base64url'));
  } catch {
    return undefined;
  }
}
