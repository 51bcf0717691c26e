/** ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare yet. */
const exact = JSON as unknown as { rawJSON(text: string): unknown };
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A text as the JSON value it looks like: a number with all its digits, a boolean, `null` for nothing; else itself. */
export function typedText(text: string): unknown {
  if (NUMBER.test(text)) return exact.rawJSON(text);
  if (text === 'true') return true;
  if (text === 'false') return false;
  return text === '' ? null : text;
}
