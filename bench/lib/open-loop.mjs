import { fileURLToPath } from 'node:url';
import { onCore } from './cores.mjs';
import { nodeBinary } from './places.mjs';
import { capture } from './processes.mjs';

const generator = fileURLToPath(new URL('constant-rate.mjs', import.meta.url));

/** Latency at a fixed rate, from a generator in a process of its own. */
export async function openLoop({ url, headers, child }, { rate, seconds }) {
  if (child.failure) throw child.failure;
  const job = JSON.stringify({ url, headers, rate, seconds });
  const [program, args] = onCore('load', nodeBinary, [generator, job]);
  const result = JSON.parse(await capture(program, args));
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.sent} answers at ${rate}/s were not 2xx: ${result.reason}`);
  return { p50: result.p50, p95: result.p95, p99: result.p99, generatorLagP99: result.lagP99 };
}
