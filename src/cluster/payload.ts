import { deserialize, serialize } from 'node:v8';

/** Bytes of one question or answer. Ten thousand series are about a megabyte. */
const LARGEST = 16 * 1024 * 1024;

/**
 * Turns a question or an answer into bytes, which the supervisor passes on without looking into them. Numbers that JSON
 * does not know survive.
 * @throws Error for what is too large, or cannot leave its process.
 */
export function encode(value: unknown): Buffer {
  const bytes = serialize(value);
  if (bytes.length > LARGEST) throw new Error(`it has ${bytes.length} bytes, more than ${LARGEST}`);
  return bytes;
}

/** @throws Error for bytes that `encode` did not make. */
export function decode(bytes: Uint8Array): unknown {
  if (bytes.length > LARGEST) throw new Error('it is too large');
  return deserialize(bytes);
}
