import { KEPT_AS_TEXT, type CacheRecord, type StoredResponse } from '#libs/http-cache';

// Bytes as measured on V8 with 64-bit pointers: what fills up the heap when a hundred thousand small ones are kept.

/** A record with its places in the order of use and in the index of addresses. */
const ENTRY = 450;
/** A body, whatever its length: the view, and the memory it stands for. */
const BODY = 200;
/** Text, and where it is listed. */
const TEXT = 32;
/** A place in the index of tags. */
const TAG = 100;

/** Bytes that a record takes in memory, rounded up. */
export function weightOf(key: string, record: CacheRecord, tags: readonly string[]): number {
  let weight = ENTRY + 2 * key.length + ofTexts(tags) + tags.length * TAG;
  if (record.kind === 'response') return weight + ofResponse(record.response);
  for (const names of record.names) weight += TEXT + ofTexts(names);
  return weight + TEXT + record.generation.length;
}

function ofResponse({ body, headers, trailers, vary }: StoredResponse): number {
  // A small body is kept as text too, once it was asked for again.
  const content = body.length <= KEPT_AS_TEXT ? 2 * body.length : body.length;
  let weight = BODY + content + ofTexts(headers) + (trailers === null ? 0 : ofTexts(trailers));
  for (const [name, value] of Object.entries(vary)) weight += 2 * TEXT + name.length + (value?.length ?? 0);
  return weight;
}

function ofTexts(texts: readonly string[]): number {
  let weight = 0;
  for (const text of texts) weight += TEXT + text.length;
  return weight;
}
