import { residentMegabytes } from '../lib/process-tree.mjs';
import { ask } from '../lib/ask.mjs';

/** Looks at the memory of a gateway while something else happens. */
export function watchMemory(row, everyMs) {
  const samples = [];
  const began = performance.now();
  const look = () => samples.push([(performance.now() - began) / 1000, residentMegabytes(row.child.pid)]);
  look();
  const timer = setInterval(look, everyMs);
  return {
    samples,
    stop() {
      clearInterval(timer);
      look();
      return { samples, peak: Math.max(...samples.map(([, value]) => value)) };
    },
  };
}

/** What the gateway says of itself: sums of series by name. */
export async function metricsOf(row, names) {
  const { body } = await ask(new URL('/metrics', row.url).href);
  return Object.fromEntries(names.map((name) => [name, body.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)]));
}

/** Slope of a line through points by least squares, of `y` for each unit of `x`. */
export function slope(points) {
  const mean = (pick) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const spread = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / spread;
}

export const round = (value, digits = 0) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null);
