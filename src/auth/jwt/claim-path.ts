export type Claims = Readonly<Record<string, unknown>>;

/**
 * Compiles a claim's name or dotted path into a reader. The whole text is tried as a name first, because names such as
 * `https://example.com/roles` hold dots. Only own properties count. A missing or empty claim reads as `undefined`.
 */
export function compilePath(path: string): (claims: Claims) => unknown {
  const segments = path.split('.');
  return (claims) => {
    const direct = own(claims, path);
    return present(direct === undefined && segments.length > 1 ? segments.reduce(own, claims as unknown) : direct);
  };
}

/** Writes a claim where `compilePath` reads it; a URL is one name. */
export function writePath(claims: Record<string, unknown>, path: string, value: unknown): void {
  const segments = path.includes('://') ? [path] : path.split('.');
  const last = segments.pop() ?? path;
  let holder = claims;
  for (const segment of segments) {
    const inner = own(holder, segment);
    const next = typeof inner === 'object' && inner !== null ? inner as Record<string, unknown> : {};
    holder[segment] = next;
    holder = next;
  }
  holder[last] = value;
}

function own(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name) ? (holder as Claims)[name] : undefined;
}

function present(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}
