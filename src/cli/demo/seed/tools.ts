const dayMs = 86_400_000;

/** The nth of a list, which starts again at its end. */
export const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The calendar day so many days from now, as `2026-03-16`. */
export function day(now: number, offset: number): string {
  return new Date(now + offset * dayMs).toISOString().slice(0, 10);
}
