import type { StoredResponse } from './contracts.js';

/** What is judged of a response: all but its content. */
export type ResponseHead = Pick<StoredResponse, 'status' | 'headers' | 'requestTime' | 'responseTime'>;

/** Every value of a field in a flat list, in order. @param name in lower case. */
export function fieldValues(flat: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    if (isNamed(flat[i] as string, name)) values.push(flat[i + 1] as string);
  }
  return values;
}

/** The first value of a field. @param name in lower case. */
export function firstField(flat: readonly string[], name: string): string | undefined {
  for (let i = 0; i < flat.length; i += 2) {
    if (isNamed(flat[i] as string, name)) return flat[i + 1];
  }
  return undefined;
}

/** The value of a field that may be there once only (RFC 9110 5.5); `undefined` where it is missing or comes with differing values. */
export function singleField(flat: readonly string[], name: string): string | undefined {
  const values = fieldValues(flat, name);
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

/** A new list without the fields for which `drop` says so; it is asked with the name in lower case, and the value. */
export function withoutFields(flat: readonly string[], drop: (name: string, value: string) => boolean): string[] {
  const kept: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const value = flat[i + 1] as string;
    if (!drop(name.toLowerCase(), value)) kept.push(name, value);
  }
  return kept;
}

function isNamed(name: string, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);
}
