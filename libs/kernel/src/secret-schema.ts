import { z } from 'zod';
import { Secret } from './secret.js';

/**
 * Text of the file that must never print: parsed into a `Secret`. The `secret` mark is for tools that read schemas:
 * the reference, the JSON Schema for editors, and the warning about secrets written in plain.
 */
export const secretText = () =>
  z.string().min(1, { error: 'expected a secret, got empty text' }).transform((text) => new Secret(text)).meta({ secret: true });
