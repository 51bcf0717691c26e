import { isIP } from 'node:net';
import { z } from 'zod';
import type { Address } from '#libs/kernel';
import { ConsulError } from './consul-error.js';
import type { ConsulOptions } from './consul-options.js';

type Choice = Pick<ConsulOptions, 'passing' | 'scheme' | 'path' | 'zone'>;

const meta = z.record(z.string(), z.string()).nullish().transform((fields) => fields ?? {});

/** What is read of one entry of `/v1/health/service`. */
const entry = z.object({
  Node: z.object({ Address: z.string(), Datacenter: z.string().default(''), Meta: meta }),
  Service: z.object({
    Address: z.string().nullish(),
    Port: z.int().min(0).max(65_535).default(0),
    Meta: meta,
    Weights: z.object({ Passing: z.number(), Warning: z.number() }).nullish(),
  }),
  Checks: z.array(z.object({ Status: z.string() })).nullish(),
});
type Entry = z.output<typeof entry>;

/**
 * Addresses of the instances that may get requests.
 * @throws ConsulError when the text is not what Consul answers, or none of the instances has a usable address.
 */
export function addressesIn(text: string, choice: Choice): readonly Address[] {
  const entries = entriesIn(text).filter((instance) => weightOf(instance, choice) > 0);
  const addresses = entries.flatMap((instance) => {
    const url = urlOf(instance, choice);
    return url === null ? [] : [{ url, weight: Math.ceil(weightOf(instance, choice)), zone: zoneOf(instance, choice), priority: priorityOf(instance) }];
  });
  if (addresses.length === 0 && entries.length > 0) throw new ConsulError('none of the instances in Consul has an address that can be used');
  return addresses;
}

function entriesIn(text: string): readonly Entry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConsulError('the answer of Consul is not JSON');
  }
  const { data, error } = z.array(entry).safeParse(value);
  if (data) return data;
  const [issue] = error.issues;
  throw new ConsulError(`the answer of Consul makes no sense at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** Share of the traffic; 0 for an instance that gets none. */
function weightOf({ Checks, Service: { Weights } }: Entry, { passing }: Choice): number {
  const states = (Checks ?? []).map(({ Status }) => Status);
  if (states.every((state) => state === 'passing')) return Weights?.Passing ?? 1;
  const fair = states.every((state) => state === 'passing' || state === 'warning');
  return fair && !passing ? (Weights?.Warning ?? 1) : 0;
}

/** What the instance says of itself counts more than what the file says of all. */
function urlOf({ Node, Service }: Entry, choice: Choice): string | null {
  const host = Service.Address || Node.Address;
  const own = Service.Meta;
  const scheme = own['scheme'] === 'http' || own['scheme'] === 'https' ? own['scheme'] : choice.scheme;
  const path = own['path'] !== undefined && PATH.test(own['path']) ? own['path'] : choice.path;
  const url = `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}${Service.Port === 0 ? '' : `:${Service.Port}`}${path}`;
  return (isIP(host) !== 0 || NAME.test(host)) && URL.canParse(url) ? url : null;
}

const NAME = /^[A-Za-z0-9_][\w.-]*$/;
const PATH = /^\/[^?#\s]*$/;

function zoneOf({ Node, Service }: Entry, { zone }: Choice): string {
  return Service.Meta[zone] ?? Node.Meta[zone] ?? (zone === 'datacenter' ? Node.Datacenter : '');
}

function priorityOf({ Service }: Entry): number {
  const text = Service.Meta['priority'] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}
