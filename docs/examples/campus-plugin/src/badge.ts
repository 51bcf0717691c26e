import { createHmac, timingSafeEqual } from 'node:crypto';
import { defineAuthenticator, Problem, problems, secretText, type Principal } from 'passerelle/kernel';
import { z } from 'zod';

/** Whom a badge is for. */
export interface Badge {
  readonly id: string;
  readonly role: string;
  readonly campus: string;
}

/** A badge as it is written: who it is for, and a signature of that. */
export function writeBadge(badge: Badge, secret: string): string {
  const text = Buffer.from(JSON.stringify(badge)).toString('base64url');
  return `${text}.${signed(text, secret).toString('base64url')}`;
}

function signed(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

/** Recognises people by the badge in a header. */
export const badge = defineAuthenticator({
  name: 'badge',
  schema: z.strictObject({
    secret: secretText().describe('What badges are signed with.'),
    header: z.string().min(1).default('X-Badge').describe('Header with the badge. Default: X-Badge.'),
  }),
  create({ header, secret }, { name = 'badge' }) {
    const field = header.toLowerCase();
    return {
      challenge: 'Badge',
      authenticate({ headers }): Principal | null {
        const sent = headers[field];
        // No badge is no matter of ours: another authenticator may know the caller.
        if (typeof sent !== 'string') return null;
        const [text = '', signature = ''] = sent.split('.');
        const expected = signed(text, secret.reveal());
        const shown = Buffer.from(signature, 'base64url');
        if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) {
          throw new Problem(problems.invalidCredential, 'This badge is not one of ours.', { headers: { 'WWW-Authenticate': 'Badge' } });
        }
        const { campus, id, role } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Badge;
        return { id, email: null, roles: [role], permissions: [], scopes: [], authenticator: name, claims: { campus }, expiresAt: Number.POSITIVE_INFINITY };
      },
    };
  },
});
