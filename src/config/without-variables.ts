/**
 * Calls `make` while the variables of such names are hidden: there are libraries that read them by themselves, and
 * then the file would not tell what is done. Nothing else runs meanwhile.
 */
export function withoutVariables<T>(names: RegExp, make: () => T): T {
  const hidden = Object.entries(process.env).filter(([name]) => names.test(name));
  for (const [name] of hidden) delete process.env[name];
  try {
    return make();
  } finally {
    Object.assign(process.env, Object.fromEntries(hidden));
  }
}
