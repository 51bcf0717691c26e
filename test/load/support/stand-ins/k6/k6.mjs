import { state } from './state.mjs';

export function check(value, assertions) {
  const results = Object.entries(assertions).map(([name, holds]) => {
    const well = Boolean(holds(value));
    const counts = (state.checks[name] ??= { held: 0, failed: 0 });
    counts[well ? 'held' : 'failed']++;
    return well;
  });
  return results.every(Boolean);
}
