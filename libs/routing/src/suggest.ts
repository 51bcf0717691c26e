import type { Candidate } from './candidate.js';
import type { Segment } from './pattern.js';
import { matchKey } from './segment.js';

/** Edits in all that still count as a slip. */
const FAR = 4;

/** The pattern that a path most likely meant; `null` when none is near. */
export function nearestPattern(path: string, candidates: readonly Candidate<unknown>[]): string | null {
  const parts = path.split('/').filter((part) => part !== '').map(matchKey);
  let nearest: string | null = null;
  let least = FAR;
  for (const { pattern } of candidates) {
    const edits = editsTo(pattern.segments, parts);
    if (edits === 0 || edits >= least) continue;
    least = edits;
    nearest = pattern.text;
  }
  return nearest;
}

function editsTo(segments: readonly Segment[], parts: readonly string[]): number {
  let edits = 0;
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'rest') return edits;
    const part = parts[index];
    if (part === undefined) return FAR;
    if (segment.kind !== 'param') edits += distance(part, segment.text);
    if (segment.kind === 'string' || edits >= FAR) return edits;
  }
  return parts.length > segments.length ? FAR : edits;
}

/** Levenshtein distance, up to `FAR`. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) >= FAR) return FAR;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
