import { z } from 'zod';
import { duration, durationOrOff, listOf } from './values.js';

/** RFC 6265 4.1.1: the name of a cookie. */
const cookieName = () => z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected a name without spaces or separators' });

const cookiePath = () => z.string().regex(/^\/[\x21-\x3a\x3c-\x7e]*$/, { error: 'expected a path that starts with "/"' });

const origin = () => z.string().regex(/^https?:\/\/[^/?#\s@*]+$/, { error: 'expected an origin without wildcards, such as https://app.example.org' });

/** How browsers that hold no refresh token themselves get theirs. */
const refreshCookieSchema = z.strictObject({
  name: cookieName().default('passerelle_refresh').describe('Name of the cookie. Default: passerelle_refresh.'),
  path: cookiePath().describe('Path that browsers send it to, the one that `refresh` and `logout` lie below, such as `/auth`. Danger: services below this path get to see it.'),
  sameSite: z.enum(['strict', 'lax']).default('strict').describe('Which requests that other sites start carry it. Default: strict.'),
  origins: listOf(origin()).default([]).describe('Origins of pages that may use it besides those of the gateway itself, such as `https://app.example.org`; `cors` has to let them, too. All others are refused with 403 `cross-site`. Default: none.'),
  body: z.enum(['with', 'without']).default('without').describe('Whether answers hold the refresh token in their body all the same, for apps that keep no cookies. Danger: `with` shows it to every script on the page. Default: without; who sends it in the body gets the next one there.'),
}).describe('Refresh tokens as a cookie (HttpOnly, Secure), so that scripts on a page never see them. Default: none; they stand in the body.');

/** How long a login lasts, and how it ends. */
export const sessionsShape = {
  refresh: z.strictObject({
    use: z.enum(['rotate', 'reuse']).default('rotate').describe('`rotate`: each refresh token is good once and brings the next; one that comes again was copied, and ends the session. `reuse`: the same one again and again. Danger: nobody notices a copy of a token that is reused. Default: rotate.'),
    lifetime: duration().prefault('30d').describe('How long a session lasts at most, from the login on, however often it is used. Default: 30d.'),
    idle: durationOrOff().prefault('7d').describe('A session ends when it is not refreshed for so long; `off` for not before `lifetime`. Default: 7d.'),
    grace: durationOrOff().prefault('10s').describe('How long after its use a refresh token may come again from the same client (address and User-Agent) without being taken for a copy, as it does when an answer is lost or two tabs ask at once: it brings the very token that it brought before, while that one is unused. `off` for never. Default: 10s.'),
    cookie: refreshCookieSchema.optional(),
  }).prefault({}).describe('Refresh tokens.'),
  logout: z.strictObject({
    revokes: z.enum(['session', 'access']).default('session').describe('What a logout ends: the session with all its tokens, or the one access token that came with it. Danger: with `access`, the refresh token goes on bringing new ones. Default: session.'),
  }).prefault({}).describe('Signing out.'),
  sessions: z.strictObject({
    max: z.union([z.literal('off').transform(() => Number.POSITIVE_INFINITY), z.int().min(1)]).default(20).describe('Sessions that an account may have at once; one more ends the one that was not used for the longest time. `off` for any number. Default: 20.'),
  }).prefault({}).describe('Sessions.'),
};
