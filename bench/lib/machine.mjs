import os from 'node:os';
import { readFileSync } from 'node:fs';
import { pinned } from './cores.mjs';
import { perf } from './instructions.mjs';
import { nodeVersion } from './places.mjs';
import { shout } from './say.mjs';

const [loadAtStart] = os.loadavg();

/** Foreign work evicts caches and inflates even CPU figures, by half as seen here: such a run is for ratios at best. */
export function warnWhenBusy() {
  if (loadAtStart > 0.5) shout(`the machine is busy (load average ${loadAtStart.toFixed(2)}): do not quote these figures`);
}

export const machine = () => ({
  system: /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? os.type(),
  kernel: os.release(),
  cpu: os.cpus()[0].model.trim(),
  cores: os.cpus().length,
  memoryGB: Math.round(os.totalmem() / 1024 ** 3),
  node: nodeVersion(),
  loadAtStart,
  gatewayOnItsOwnCore: pinned,
  instructionCounter: perf !== undefined,
});
