/** JSON as text and values, without a number changing on the way: `12345678901234567890` and `1.0` stay what they are. */

/** ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare yet. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const exact = JSON as unknown as ExactJson;

/** Numbers a double may not give back as written: many digits, a fraction, an exponent, minus zero. */
const AT_RISK = /\d{16}|\d[.eE]|(?:^|[\s:[,])-0/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads JSON (RFC 8259). Of a repeated key the last one counts.
 * @throws Error when the bytes are not UTF-8, not JSON or nested too deeply.
 */
export function parseExact(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  // The reviver costs several times the parsing, and most bodies have no such number.
  if (!AT_RISK.test(text)) return JSON.parse(text) as unknown;
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? exact.rawJSON(source) : value);
}

/** @throws RangeError when nested too deeply. */
export function stringifyExact(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Whether a value has fields or items; a number kept as text has neither. */
export function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !exact.isRawJSON(value);
}

/** A scalar as text, numbers as they were written; anything else as JSON. */
export function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
