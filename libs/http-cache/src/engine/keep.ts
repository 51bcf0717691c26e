import type { HeaderList, Random } from '#libs/kernel';
import type { CacheRecord, CacheStore, Keeping, StoredResponse } from '../contracts.js';
import { matches, varyNames, varyValues } from '../vary.js';
import { variantPlace } from './lookup.js';

/** Sets of names in `Vary` that one primary key has at most. */
const VARIES = 8;

/** Where something is kept. */
export interface Place {
  readonly store: CacheStore;
  readonly random: Random;
  /** Primary key. */
  readonly key: string;
  /** Fields of the request, as the service would see it. */
  readonly headers: HeaderList;
}

/** A response that is not placed yet. */
export type Draft = Omit<StoredResponse, 'vary'>;

/**
 * Keeps a response under the key of its request, and of the fields that its `Vary` names.
 * @returns the response as it was kept; a promise where the store takes its time to say what is there already.
 */
export function keep(place: Place, draft: Draft, keeping: Keeping): StoredResponse | Promise<StoredResponse> {
  const names = varyNames(draft.headers);
  if (names === null || names === '*' || names.length === 0) {
    // It is more recent than all variants there may be, and matches whatever they do (RFC 9111 4.1).
    const response: StoredResponse = { ...draft, vary: {} };
    place.store.set(place.key, { kind: 'response', response }, keeping);
    return response;
  }
  const before = place.store.get(place.key);
  if (before instanceof Promise) return before.then((record) => keepVariant(place, { draft, names, record }, keeping));
  return keepVariant(place, { draft, names, record: before }, keeping);
}

interface Variant {
  readonly draft: Draft;
  readonly names: readonly string[];
  /** What is under the primary key. */
  readonly record: CacheRecord | null;
}

function keepVariant({ store, random, key, headers }: Place, { draft, names, record }: Variant, keeping: Keeping): StoredResponse {
  const known = record?.kind === 'variants' ? record : null;
  const generation = known?.generation ?? random().toString(36).slice(2);
  const isKnown = known !== null && same(known.names[0], names);
  if (!isKnown) {
    const others = known?.names.filter((each) => !same(each, names)) ?? [];
    // As long as there is room: how long its variants are kept is said with each of them.
    store.set(key, { kind: 'variants', generation, names: [names, ...others].slice(0, VARIES) }, { keep: Infinity, tags: [] });
  }
  const place = variantPlace(key, { generation }, names, headers);
  const response: StoredResponse = { ...draft, vary: varyValues(names, place.fields) };
  // What would not be found again need not be kept.
  if (matches(response, { headers: place.fields })) store.set(place.key, { kind: 'response', response }, keeping);
  return response;
}

function same(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a !== undefined && a.length === b.length && a.every((name, i) => name === b[i]);
}
