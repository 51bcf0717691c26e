import type { HeaderList } from '#libs/kernel';

/** `application/json`, `text/json` and every `+json` type (RFC 6839 3.1); JSON sequences and event streams are not. */
const JSON_TYPE = /^\s*(?:application|text|[\w.+-]+)\/(?:[\w!#$&^.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

/** What describes the bytes of a body, and so does not survive their change (RFC 9110 8.8, RFC 9530, RFC 1864). */
const OF_THE_BYTES = [
  'content-encoding', 'content-md5', 'digest', 'content-digest', 'repr-digest', 'etag', 'last-modified', 'accept-ranges', 'trailer',
];

/** Whether a header announces JSON, in whatever charset. */
export function isJson(headers: HeaderList): boolean {
  return JSON_TYPE.test(headers.get('content-type') ?? '');
}

/** RFC 8259 8.1: JSON between systems is UTF-8, of which ASCII is a part. */
export function isUtf8(headers: HeaderList): boolean {
  const charset = CHARSET.exec(headers.get('content-type') ?? '')?.[1];
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset);
}

/** Corrects a header for a new body of that many bytes; `null` when only the body is gone or unknown. */
export function describeBody(headers: HeaderList, length: number | null): void {
  for (const name of OF_THE_BYTES) headers.remove(name);
  if (length === null) headers.remove('content-length');
  else headers.set('content-length', String(length));
}
