import { locate } from '../nodes.js';
import type { Facts } from './facts.js';

/** Each worker remembers the signatures it has seen itself: with several, one is good once for each of them. */
export function checkSignatures({ root, resolved, issues }: Facts): void {
  const workers = resolved.file?.server.workers ?? 1;
  if (workers === 1) return;
  for (const [name, chosen] of Object.entries(resolved.file?.authenticate ?? {})) {
    if (chosen.use !== 'hmac' || chosen['once'] !== true) continue;
    const path = ['authenticate', name, 'once'];
    issues.add(locate(root, path).place, path, 'a signature would be good once for each worker; run one (`server: { workers: 1 }`), or take this out');
  }
}
