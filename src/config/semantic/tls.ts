import { systemClock } from '#libs/kernel';
import { writtenAt } from '../origins.js';
import { certificatesIn } from '../schema/upstream-tls.js';
import type { Facts } from './facts.js';

/** Certificates that nobody will accept today. Only a warning: a file that is otherwise right should not wait for them. */
export function checkCertificates({ resolved, warnings }: Facts): void {
  for (const [name, { tls }] of Object.entries(resolved.file?.services ?? {})) {
    for (const key of ['ca', 'cert'] as const) {
      const at = ['services', name, 'tls', key];
      const node = writtenAt(resolved.written, at);
      const message = certificatesIn(tls[key] ?? '').map(({ validFromDate, validToDate, subject }) => outOfDate(subject, validFromDate, validToDate)).find((text) => text !== null);
      if (node && message) warnings.add(node.place, at, message);
    }
  }
}

/** Authenticators that wait for certificates nobody asks for. */
export function checkClientCertificates({ resolved, warnings }: Facts): void {
  const { authenticate = {}, forwarded, server } = resolved.file ?? {};
  for (const [name, chosen] of Object.entries(authenticate)) {
    if (chosen.use !== 'certificate') continue;
    const inHeader = chosen['from'] !== 'connection';
    const at = ['authenticate', name];
    const node = writtenAt(resolved.written, at);
    if (!node) continue;
    if (inHeader && forwarded?.trust.length === 0) warnings.add(node.place, at, 'no proxy is believed that could hand a certificate on; name it in `forwarded.trust`');
    if (!inHeader && (server?.tls?.clients ?? 'off') === 'off') warnings.add(node.place, at, 'no client is asked for a certificate; set `server.tls.clients` to optional or required');
  }
}

/** Why nobody will accept a certificate today; `null` where it is in force. */
export function outOfDate(subject: string, from: Date, to: Date): string | null {
  const now = systemClock.now();
  if (to.getTime() < now) return `the certificate of ${subject} has expired on ${to.toISOString().slice(0, 10)}`;
  return from.getTime() > now ? `the certificate of ${subject} is not valid before ${from.toISOString().slice(0, 10)}` : null;
}
