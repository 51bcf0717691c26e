/**
 * The candidate nearest to what was written, or nothing when none is near: up to one slip in three letters, counted
 * as Damerau and Levenshtein do (a letter missing, added, changed, or two swapped), case and separators aside.
 */
export function nearestName(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(written);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const name = plain(candidate);
    if (candidate === written || Math.abs(name.length - wanted.length) >= bestDistance) continue;
    const found = distance(wanted, name);
    // Two letters have nothing in common after two changes.
    if (found >= bestDistance || found >= Math.max(wanted.length, name.length)) continue;
    best = candidate;
    bestDistance = found;
  }
  return best;
}

function plain(text: string): string {
  return text.slice(0, 64).toLowerCase().replaceAll(/[-_]/g, '');
}

function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
