import { compileCompression } from '../../http/compression.js';
import type { Compile } from '../compile.js';

/** Answers leave compressed where the client can read it and it is worth it. */
export const compression: Compile = ({ settings }) => compileCompression(settings.compression);
