import { availableOf, preferencesOf } from '#libs/balancing';
import type { Target } from '#libs/kernel';
import type { LiveService } from '../services/index.js';

const NOBODY: readonly Target[] = [];

/** Finds whom a request may go to now: the targets that may take requests, of the first group that has any. */
export function compileCandidates(service: LiveService): () => readonly Target[] {
  let known = NOBODY;
  let groups: readonly (readonly Target[])[] = [];
  return () => {
    if (service.targets !== known) {
      known = service.targets;
      groups = preferencesOf(known, service.config.zone.own ?? '');
    }
    for (let i = 0; i < groups.length; i++) {
      const candidates = availableOf(groups[i] as readonly Target[]);
      if (candidates.length > 0) return candidates;
    }
    return NOBODY;
  };
}
