/**
 * Calls `make` while the variables whose names begin so are hidden: there are libraries that read them by themselves, and
 * then the file would not tell what is done. Nothing else runs meanwhile.
 */
export function withoutVariables<T>(prefix: string, make: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith(prefix));
  for (const [name] of hidden) delete process.env[name];
  try {
    return make();
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden));
  }
}
