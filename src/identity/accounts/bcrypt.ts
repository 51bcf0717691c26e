import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Whether one of these is the password of a bcrypt hash. Only passwords that other programs hashed come here, each until
 * its first login.
 */
export async function isAnyBcrypt(forms: readonly string[], stored: string): Promise<boolean> {
  // The sources run as they are, in tests; what is built has another name.
  const name = import.meta.url.endsWith('.ts') ? './bcrypt-thread.ts' : './bcrypt-thread.js';
  const worker = new Worker(new URL(name, import.meta.url), { name: 'bcrypt', workerData: { forms, stored }, execArgv: [] });
  const [right] = await once(worker, 'message') as [boolean];
  return right;
}
