import type { Target } from '#libs/kernel';

/**
 * Groups of targets in the order in which they are to be asked: priorities from the lowest number up, and within one the
 * targets of the gateway's own zone before all. A service that uses neither has one group: its targets.
 * @param zone of the gateway; empty for none.
 */
export function preferencesOf(targets: readonly Target[], zone: string): readonly (readonly Target[])[] {
  const priorities = [...new Set(targets.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  return priorities.flatMap((priority) => {
    const group = priorities.length === 1 ? targets : targets.filter((target) => target.priority === priority);
    const near = zone === '' ? [] : group.filter((target) => target.zone === zone);
    return near.length === 0 || near.length === group.length ? [group] : [near, group];
  });
}

/** The targets of a group that may take requests now: the group itself, not a copy, while all may. */
export function availableOf(group: readonly Target[]): readonly Target[] {
  for (let i = 0; i < group.length; i++) {
    if (!(group[i] as Target).available) return group.filter(({ available }) => available);
  }
  return group;
}
