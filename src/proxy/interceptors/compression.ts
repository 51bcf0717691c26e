import { compileCompression } from '../../http/compression.js';
import type { CompileRequest } from '../compile.js';

/** Answers leave compressed where the client can read it and it is worth it. */
export const compression: CompileRequest = ({ settings }) => compileCompression(settings.compression);
