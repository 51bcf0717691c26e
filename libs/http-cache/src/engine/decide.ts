import { Problem, problems, type Answer } from '#libs/kernel';
import { assess } from '../assess.js';
import { cacheStatus } from '../cache-status.js';
import { judge, onlyIfCached } from '../reuse.js';
import { answerFromStore, answerStale } from './answer-from-store.js';
import type { Looked } from './lookup.js';
import type { CacheParts } from './parts.js';
import { refreshInBackground } from './refresh.js';
import type { Trip, Visit } from './trip.js';

/**
 * Answers a request from what the store has for it, if that may be.
 * @param after why it had to wait for another request to fetch it, as Cache-Status says it; `null` where it was there.
 * @returns the answer, or what has to be asked of the service.
 * @throws Problem not-cached, where the client wants no other answer.
 */
export function decide(parts: CacheParts, visit: Visit, looked: Looked, after: Looked['miss'] | 'stale' | null): Answer | Trip {
  const { settings, clock } = parts;
  const { exchange, request } = visit;
  const { response } = looked;
  if (response === null) {
    if (onlyIfCached(request, settings)) throw notCached();
    return { visit, looked, judged: null };
  }
  const judged = judge(request, response, settings, clock.now());
  if (judged.kind === 'none') throw notCached();
  if (judged.kind === 'validate') {
    exchange.stale = () => (assess(response, settings).neverStale ? null : answerStale(parts, visit, response));
    return { visit, looked, judged };
  }
  if (judged.kind === 'stale-usable' && judged.revalidate === 'background') refreshInBackground(parts, { visit, looked, judged: null });
  exchange.cached = outcome(judged.kind, after);
  const answer = answerFromStore(settings, request, response, judged.age);
  if (settings.cacheStatus !== null) {
    answer.headers.append('Cache-Status', cacheStatus(settings.cacheStatus, after === null ? { ttl: judged.ttl } : { fwd: after, ttl: judged.ttl, collapsed: true }));
  }
  return answer;
}

function outcome(kind: 'fresh' | 'stale-usable', after: string | null): 'hit' | 'stale' | 'collapsed' {
  if (after !== null) return 'collapsed';
  return kind === 'fresh' ? 'hit' : 'stale';
}

function notCached(): Problem {
  return new Problem(problems.notCached, 'There is no stored answer that this request may have, and it wants no other');
}
