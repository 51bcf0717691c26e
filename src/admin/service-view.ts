import { z } from 'zod';
import type { BreakerState } from '#libs/kernel';
import type { LiveService } from '../services/index.js';

const targetView = z.strictObject({
  /** Without user and password. */
  url: z.string(),
  weight: z.number(),
  zone: z.string(),
  priority: z.number(),
  /** Why it gets no requests: taken out by hand, by probes or for failing; `null` when it gets some. */
  out: z.enum(['withdrawn', 'down', 'ejected']).nullable(),
  /** Tries under way. */
  inFlight: z.number(),
});

/** A service as one worker sees it. */
export const serviceView = z.strictObject({
  /** Circuit breakers by route; that of the service itself is under the empty name. */
  breakers: z.record(z.string(), z.enum(['closed', 'open', 'half-open'])),
  /** Why its targets may be out of date. */
  stale: z.string().nullable(),
  targets: z.array(targetView),
});

export type TargetView = Readonly<z.output<typeof targetView>>;
export type ServiceView = Readonly<z.output<typeof serviceView>>;

export function viewOf({ breakers, stale, targets }: LiveService): ServiceView {
  return {
    breakers: Object.fromEntries([...breakers].map(([route, { state }]) => [route, state])),
    stale,
    targets: targets.map(({ inFlight, out, priority, url, weight, zone }) => ({ url: shown(url), weight, zone, priority, out, inFlight })),
  };
}

function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** One value where the workers agree, else one of each. */
export type Agreed<T> = T | readonly T[];

/** A service as all workers together see it. */
export interface JoinedView {
  readonly breakers: Readonly<Record<string, Agreed<BreakerState>>>;
  readonly stale: Agreed<string | null>;
  readonly targets: readonly (Omit<TargetView, 'out'> & { readonly out: Agreed<TargetView['out']> })[];
}

/** Puts the views of several workers together: what is counted adds up; where they differ, every worker's word is told. */
export function joinViews(views: readonly ServiceView[]): JoinedView {
  const routes = new Set(views.flatMap(({ breakers }) => Object.keys(breakers)));
  const addresses = new Map(views.flatMap(({ targets }) => targets.map((target) => [target.url, target] as const)));
  return {
    breakers: Object.fromEntries([...routes].map((route) => [route, agreed(views.flatMap(({ breakers }) => breakers[route] ?? []))])),
    stale: agreed(views.map(({ stale }) => stale)),
    targets: [...addresses].map(([url, target]) => {
      const all = views.flatMap(({ targets }) => targets.filter((one) => one.url === url));
      return { ...target, out: agreed(all.map(({ out }) => out)), inFlight: all.reduce((sum, { inFlight }) => sum + inFlight, 0) };
    }),
  };
}

export function agreed<T>(values: readonly T[]): Agreed<T> {
  const [first] = values;
  return values.every((value) => value === first) ? (first as T) : values;
}
