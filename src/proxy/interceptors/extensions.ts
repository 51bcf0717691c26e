import type { Interceptor } from '#libs/kernel';
import { compose } from '../compose.js';
import type { CompileRequest } from '../compile.js';

/** The interceptors that plugins bring and the route names, in the file's order. */
export const extensions: CompileRequest = ({ settings, extensions: registry, surroundings }): Interceptor | null => {
  const named = settings.interceptors.map((chosen) => registry.create('interceptor', chosen, surroundings));
  if (named.length === 0) return null;
  return { intercept: (exchange, next) => compose(named, next)(exchange) };
};
