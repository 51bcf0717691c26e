const held = new Map<string, WeakRef<object>>();

/**
 * What is known of an issuer outlives a configuration: with a reload while it is away, nobody's keys are lost. The same
 * thing for the same key as long as somebody holds it; it needs no end of its own.
 * @param key everything that `make` goes by.
 */
export function shared<T extends object>(key: string, make: () => T): T {
  const known = held.get(key)?.deref() as T | undefined;
  if (known !== undefined) return known;
  for (const [other, reference] of held) if (reference.deref() === undefined) held.delete(other);
  const made = make();
  held.set(key, new WeakRef(made));
  return made;
}
