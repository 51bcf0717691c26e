import { isIP } from 'node:net';
import type { Address } from '#libs/kernel';
import type { KubernetesOptions } from './kubernetes-options.js';
import type { Endpoint, Slice } from './kubernetes-slices.js';

/** More than any Service has; what is above is a mistake. */
const MOST_ENDPOINTS = 10_000;

/** Where the pods of a service are, or why that cannot be told, for people. */
export type Whereabouts = { readonly addresses: readonly Address[] } | { readonly why: string };

type Wishes = Pick<KubernetesOptions, 'service' | 'port' | 'scheme' | 'path' | 'unready'>;
type Ports = Slice['ports'];

/** The targets that all the slices of a service together make. */
export function whereaboutsOf(slices: readonly Slice[], wishes: Wishes): Whereabouts {
  const family = familyOf(slices);
  const counted = slices.filter((slice) => slice.family === family);
  const chosen = choosePort(counted, wishes);
  if ('why' in chosen) return chosen;
  const endpoints = new Map<string, Endpoint>();
  for (const slice of counted) {
    const port = chosen.of(slice.ports);
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const host = hostOf(endpoint.address);
      if (host === null) continue;
      const url = `${wishes.scheme}://${host}:${port}${wishes.path}`;
      endpoints.set(url, merge(endpoint, endpoints.get(url)));
    }
  }
  if (endpoints.size > MOST_ENDPOINTS) return { why: `the Service ${wishes.service} has more than ${MOST_ENDPOINTS} endpoints` };
  return { addresses: inService([...endpoints], wishes.unready).map(([url, { zone }]) => ({ url, weight: 1, zone, priority: 0 })) };
}

/** A pod of a dual-stack Service is in a slice of each family, and should be one target. */
function familyOf(slices: readonly Slice[]): string {
  return slices.some(({ family, endpoints }) => family === 'IPv4' && endpoints.length > 0) ? 'IPv4' : 'IPv6';
}

/**
 * Finds the number of the port in each slice: pods may have different ones behind the same name. A Service without
 * pods has no ports either, so there is nothing to complain about.
 */
function choosePort(slices: readonly Slice[], { port, service }: Wishes): { of(ports: Ports): number | undefined } | { why: string } {
  const staffed = slices.filter(({ endpoints }) => endpoints.length > 0);
  const all = staffed.flatMap(({ ports }) => ports);
  const names = [...new Set(all.map(({ name }) => name))];
  if (port === undefined && names.length > 1) return { why: `the Service ${service} has several ports, choose one with \`port\`: ${listOf(all)}` };
  const wanted = port ?? names[0] ?? '';
  const of = (ports: Ports): number | undefined => ports.find(({ name, port: number }) => (typeof wanted === 'number' ? number : name) === wanted)?.port;
  if (staffed.length === 0 || staffed.some(({ ports }) => of(ports) !== undefined)) return { of };
  return { why: `the Service ${service} has no TCP port${wanted === '' ? '' : ` ${wanted}`}; there are: ${listOf(all)}` };
}

function listOf(ports: Ports): string {
  return [...new Set(ports.map(({ name, port }) => (name === '' ? `${port}` : `${name} (${port})`)))].toSorted().join(', ') || 'none';
}

/** The registry's word ends up in a URL: only an address may. */
function hostOf(address: string): string | null {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return null;
  return version === 6 ? `[${address}]` : address;
}

/** While slices are rearranged a pod may be in two, one of them out of date: who is known to end does not come back. */
function merge(one: Endpoint, other: Endpoint = one): Endpoint {
  return {
    ...one,
    ready: one.ready || other.ready,
    serving: one.serving || other.serving,
    terminating: one.terminating || other.terminating,
  };
}

/** As kube-proxy does: pods that end serve on only while there are no others, so that a rollout gone wrong is no outage. */
function inService(endpoints: readonly [string, Endpoint][], unready: boolean): readonly [string, Endpoint][] {
  const staying = endpoints.filter(([, { ready, terminating }]) => !terminating && (ready || unready));
  return staying.length > 0 ? staying : endpoints.filter(([, { serving, terminating }]) => terminating && serving);
}
