import { Problem, problems, type Exchange, type Next } from '#libs/kernel';
import { assess } from '../assess.js';
import type { CacheSettings } from '../contracts.js';
import type { CacheRequest } from '../request.js';
import type { Judgement } from '../reuse.js';
import type { Looked } from './lookup.js';

/** A request that the cache may answer. */
export interface Visit {
  readonly exchange: Exchange;
  readonly next: Next;
  /** Primary key. */
  readonly key: string;
  readonly request: CacheRequest;
}

/** One that has to go to the service, as things are. */
export interface Trip {
  readonly visit: Visit;
  readonly looked: Looked;
  /** Of the stored response, where there is one that has to be validated before it is used. */
  readonly judged: Extract<Judgement, { kind: 'validate' }> | null;
}

/** What requests wait for each other under: those that an answer would hardly be shared with have a name of their own. */
export function flightKey({ looked, visit }: Trip, { byPrincipal }: CacheSettings): string {
  return visit.request.authenticated && !byPrincipal ? `${looked.key}\nauthenticated` : looked.key;
}

/** Conditions that a stored response may be judged by. */
const CONDITIONS = ['if-none-match', 'if-modified-since'] as const;
/** What the service must not see of the client's request while we validate: it asks about the client's copy, or for a part. */
export const CLIENT_ONLY = [...CONDITIONS, 'if-range', 'range'] as const;

/** Whether it may wait for the answer to another request: one like everybody's, with no wishes of its own. */
export function mayFollow({ looked, visit: { request } }: { readonly looked: Pick<Looked, 'response'>; readonly visit: Pick<Visit, 'request'> }, { clientControl, collapse }: CacheSettings): boolean {
  const { headers, method } = request;
  if (collapse === 0 || method !== 'GET') return false;
  const wish = headers['cache-control'];
  if (clientControl && (wish !== undefined || headers['pragma'] !== undefined)) return false;
  // It holds everywhere: nothing would be stored that others could wait for.
  if (wish !== undefined && /no-store/i.test(String(wish))) return false;
  return looked.response !== null || headers['range'] === undefined;
}

/** Whether others may wait for its answer: what is asked of the service must not depend on what the client has. */
export function mayLead({ judged, looked, visit: { request } }: Trip, settings: CacheSettings): boolean {
  if (judged !== null && looked.response !== null && assess(looked.response, settings).validator) return true;
  return CLIENT_ONLY.every((name) => request.headers[name] === undefined);
}

/** An exchange whose total time is over can still be answered, one whose client left cannot. */
export function hasLeft({ aborted }: Exchange): boolean {
  return aborted !== null && !(aborted instanceof Problem && aborted.type === problems.totalTimeout);
}
