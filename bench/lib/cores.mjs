import { readFileSync } from 'node:fs';
import { findBinary } from './places.mjs';

/**
 * The gateway under test gets the last core, upstream and load generators the others. Without that, Node's and Go's
 * helper threads would quietly use a second core and "on one core" would not be true.
 */
const cores = allowedCores();
export const pinned = cores.length > 1 && findBinary('taskset') !== undefined;

const lists = { gateway: String(cores.at(-1)), load: cores.slice(0, -1).join(',') };

export const onCore = (who, command, args) =>
  pinned ? ['taskset', ['-c', lists[who], command, ...args]] : [command, args];

/** Containers often own a few cores of a machine; only those may be named. */
function allowedCores() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
