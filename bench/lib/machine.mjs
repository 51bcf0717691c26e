import os from 'node:os';
import { readFileSync } from 'node:fs';
import { pinned } from './cores.mjs';
import { perf } from './instructions.mjs';
import { nodeVersion } from './places.mjs';

export const machine = () => ({
  system: /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? os.type(),
  kernel: os.release(),
  cpu: os.cpus()[0].model.trim(),
  cores: os.cpus().length,
  memoryGB: Math.round(os.totalmem() / 1024 ** 3),
  node: nodeVersion(),
  gatewayOnItsOwnCore: pinned,
  instructionCounter: perf !== undefined,
});
