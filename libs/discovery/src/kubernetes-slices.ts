import { z } from 'zod';

/** Slices of a service that are borne. */
export const MOST_SLICES = 1_000;

/** One pod behind a service, as an EndpointSlice has it. */
export interface Endpoint {
  readonly address: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zone: string;
}

/** What counts of an EndpointSlice. */
export interface Slice {
  readonly name: string;
  readonly version: string;
  readonly family: string;
  readonly endpoints: readonly Endpoint[];
  /** TCP ports; a port without a name has the empty one. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

const condition = z.boolean().nullish();
/** Opaque, sent back as it came. */
const version = z.string().min(1).max(256);

const endpoint = z.object({
  addresses: z.array(z.string()).min(1),
  conditions: z.object({ ready: condition, serving: condition, terminating: condition }).nullish(),
  zone: z.string().nullish(),
}).transform(({ addresses, conditions, zone }): Endpoint => {
  // Unknown means ready, and serving goes by it. Only the first address has a meaning, says the API.
  const ready = conditions?.ready ?? true;
  return { address: addresses[0] as string, ready, serving: conditions?.serving ?? ready, terminating: conditions?.terminating ?? false, zone: zone ?? '' };
});

const port = z.object({ name: z.string().nullish(), port: z.int().min(1).max(65_535).nullish(), protocol: z.string().nullish() });

const slice = z.object({
  metadata: z.object({ name: z.string().min(1), resourceVersion: version }),
  addressType: z.string(),
  endpoints: z.array(endpoint).nullish(),
  ports: z.array(port).nullish(),
}).transform(({ metadata, addressType, endpoints, ports }): Slice => ({
  name: metadata.name,
  version: metadata.resourceVersion,
  family: addressType,
  endpoints: endpoints ?? [],
  ports: (ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP').flatMap(({ name, port: number }) => (number ? [{ name: name ?? '', port: number }] : [])),
}));

const page = z.object({
  metadata: z.object({ resourceVersion: version, continue: z.string().max(65_536).nullish() }),
  items: z.array(slice).nullish(),
}).transform(({ metadata, items }) => ({ version: metadata.resourceVersion, next: metadata.continue ?? '', slices: items ?? [] }));

/** A page of a list; `next` is empty on the last one. */
export type Page = z.output<typeof page>;

/** @throws Error for what is no list of EndpointSlices. */
export function parsePage(text: string): Page {
  try {
    return page.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error('its answer is no list of EndpointSlices', { cause });
  }
}

const event = z.object({ type: z.string(), object: z.unknown() });
const bookmark = z.object({ metadata: z.object({ resourceVersion: version }) }).transform(({ metadata }) => metadata.resourceVersion);

/** One line of a watch: a slice as it is now, one that is gone, or only how far the watch has come. */
export type Change =
  | { readonly type: 'put' | 'delete'; readonly slice: Slice }
  | { readonly type: 'bookmark'; readonly version: string };

/** @throws Error for what is no event, and for the event ERROR: whoever watches has to begin with a list again. */
export function parseChange(line: string): Change {
  const { type, object } = event.parse(JSON.parse(line));
  switch (type) {
    case 'ADDED':
    case 'MODIFIED': return { type: 'put', slice: slice.parse(object) };
    case 'DELETED': return { type: 'delete', slice: slice.parse(object) };
    case 'BOOKMARK': return { type: 'bookmark', version: bookmark.parse(object) };
    // Mostly code 410: the version is older than what the server remembers.
    default: throw new Error(`The watch ended with the event ${type}`);
  }
}
