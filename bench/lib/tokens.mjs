import { createHmac, randomBytes, randomUUID } from 'node:crypto';

export const secret = randomBytes(32).toString('hex');

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function signToken({ subject, role, key = secret }) {
  const now = Math.floor(Date.now() / 1000);
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: subject, role, sid: randomUUID(), jti: randomUUID(), iat: now, exp: now + 86_400 })}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

export const bearer = (claims) => ({ authorization: `Bearer ${signToken(claims)}` });

/** Many callers, not one: a gateway may remember a verified token, but not serve everybody from a single entry. */
export const callers = Array.from({ length: 64 }, (_, i) => bearer({ subject: `user-${i}`, role: 'teacher' }));
