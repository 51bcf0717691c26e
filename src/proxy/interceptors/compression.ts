import type { Interceptor } from '#libs/kernel';
import { compileCompression } from '../../http/compression.js';
import type { CompileRequest } from '../compile.js';

/** Answers leave compressed where the client can read it and it is worth it. */
export const compression: CompileRequest = ({ settings }): Interceptor | null => {
  const compressed = compileCompression(settings.compression);
  return compressed && { intercept: (exchange, next) => next(exchange).then((answer) => compressed.encode(exchange, answer)) };
};
