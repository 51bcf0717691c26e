import { hash } from 'node:crypto';
import type { HeaderList } from '#libs/kernel';
import type { CacheRecord, CacheStore, StoredResponse } from '../contracts.js';
import { firstField } from '../fields.js';
import { parseHttpDate } from '../http-date.js';
import type { RequestFields } from '../request.js';
import { matches, variantKey, varyValues } from '../vary.js';

/** What the store has for a request. */
export interface Looked {
  /** The stored response that the request selects (RFC 9111 4.1), fresh or not. */
  readonly response: StoredResponse | null;
  /** What it is kept under, or would be as far as is known. */
  readonly key: string;
  /** Why there is none, as Cache-Status says it. */
  readonly miss: 'uri-miss' | 'vary-miss';
}

type Variants = Extract<CacheRecord, { kind: 'variants' }>;

/** Characters of a variant's key beyond which it is hashed. */
const LONG = 200;

/**
 * Looks a request up; at once where the store answers at once.
 * @param headers of the request as the service would see it: that is what its `Vary` is about.
 */
export function lookUp(store: CacheStore, key: string, headers: HeaderList): Looked | Promise<Looked> {
  const record = store.get(key);
  return record instanceof Promise ? record.then((found) => select(store, key, headers, found)) : select(store, key, headers, record);
}

function select(store: CacheStore, key: string, headers: HeaderList, record: CacheRecord | null): Looked | Promise<Looked> {
  if (record === null) return { response: null, key, miss: 'uri-miss' };
  if (record.kind === 'response') return { response: record.response, key, miss: 'uri-miss' };
  const places = record.names.map((names) => variantPlace(key, record, names, headers));
  const records = places.map((place) => store.get(place.key));
  if (records.every((found) => !(found instanceof Promise))) return latest(places, records as (CacheRecord | null)[]);
  return Promise.all(records.map((found) => Promise.resolve(found))).then((found) => latest(places, found));
}

/** RFC 9111 4: of several that match, the most recent by its Date. */
function latest(places: readonly VariantPlace[], records: readonly (CacheRecord | null)[]): Looked {
  let best: StoredResponse | null = null;
  let key = (places[0] as VariantPlace).key;
  for (let i = 0; i < places.length; i++) {
    const record = records[i];
    const place = places[i] as VariantPlace;
    // The key says it already; but a response for somebody else must not get out even if two keys fell together.
    if (record?.kind !== 'response' || !matches(record.response, { headers: place.fields })) continue;
    if (best !== null && dateOf(record.response) <= dateOf(best)) continue;
    best = record.response;
    key = place.key;
  }
  return { response: best, key, miss: 'vary-miss' };
}

function dateOf({ headers, responseTime }: StoredResponse): number {
  const date = firstField(headers, 'date');
  return (date === undefined ? undefined : parseHttpDate(date, responseTime)) ?? responseTime;
}

/** Where a variant is kept, and what of the request decided it. */
interface VariantPlace {
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
}

export function variantPlace(primary: string, { generation }: Pick<Variants, 'generation'>, names: readonly string[], headers: HeaderList): VariantPlace {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const name of names) {
    const lines = headers.all(name);
    if (lines.length > 0) fields[name] = lines.join(', ');
  }
  return { key: variantsKey(primary, generation, { names, fields }), fields };
}

function variantsKey(primary: string, generation: string, { fields, names }: { readonly names: readonly string[]; readonly fields: RequestFields }): string {
  const variant = variantKey(names, varyValues(names, fields));
  return `${primary}\n${generation}\n${variant.length > LONG ? hash('sha256', variant, 'base64url') : variant}`;
}

/**
 * The response that a request selects out of the memory of this process.
 * @param fields of the request, as its service would see them.
 */
export function selectNear(store: CacheStore, key: string, fields: RequestFields, passes: (name: string) => boolean): StoredResponse | null {
  const record = store.near(key);
  if (record === null) return null;
  if (record.kind === 'response') return record.response;
  // Of several lists the latest response would have to be found: that is for whoever has the time.
  const [names, ...others] = record.names;
  if (names === undefined || others.length > 0 || !names.every(passes)) return null;
  const variant = store.near(variantsKey(key, record.generation, { names, fields }));
  return variant?.kind === 'response' && matches(variant.response, { headers: fields }) ? variant.response : null;
}
