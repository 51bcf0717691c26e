import { z } from 'zod';
import type { ExtensionRegistry } from '#libs/kernel';
import { authenticateSchema } from './authenticate.js';
import { authorizeSchema } from './authorize.js';
import { cacheSchema } from './cache.js';
import { prioritySchema } from './concurrency.js';
import { deprecateSetting } from './deprecate.js';
import { chosen } from './extensions.js';
import { hedgeSchema } from './hedge.js';
import { fallbackSchema } from './fallback.js';
import { internalTokenSchema } from './identity-tokens.js';
import { limitHeadersSchema, limitSchema } from './limit.js';
import { mirrorSchema } from './mirror.js';
import { multipartSchema } from './multipart.js';
import { operationSchema } from './openapi.js';
import { breakerSchema, retrySchema } from './resilience.js';
import { splitSchema } from './split.js';
import { duration, durationOrOff, headerName, listOf, onOff, size, sizeOrOff, template } from './values.js';

const path = z.union([
  z.literal('keep').describe('The service gets the path as the client sent it (normalised).'),
  z.strictObject({
    strip: z.union([z.int().min(1), z.string().regex(/^\//)]).optional().describe('Segments to drop from the front, or the prefix to drop, e.g. `/api/v1`.'),
    prefix: z.string().regex(/^\//).optional().describe('Put in front, after `strip`.'),
    replace: z.strictObject({ from: z.string().min(1).describe('Text to find.'), to: z.string().describe('Text in its place.') }).optional().describe('Text to replace, first occurrence.'),
    template: z.string().regex(/^\//).optional().describe('The whole new path; `{name}` is a `:name` of the pattern, `{rest}` what `**` matched.'),
  }),
]);

const headerEdit = {
  mode: z.enum(['all', 'list']).default('all').describe('`all`: every header passes but those in `drop`; `list`: only those in `allow` pass. Default: all.'),
  allow: listOf(headerName()).default([]).describe('With `mode: list`: what passes.'),
  drop: listOf(headerName()).default([]).describe('Never passes. Hop-by-hop headers and those named in `Connection` never do anyway (RFC 9110 7.6.1).'),
  set: z.record(headerName(), template()).default({}).describe('Set, replacing what is there; templates such as `{principal.id}`, `{principal.claims.tenant}`, `{request.id}`, `{request.header.x-a}`, `{request.host}`, `{params.name}`. A header whose template comes out empty is left out.'),
};

const contextHeaders = z.union([
  z.literal('off').describe('No context headers; clients cannot send ours either.'),
  z.strictObject({
    id: headerName().nullable().default('X-User-ID').describe('Id of the caller. Default: X-User-ID.'),
    email: headerName().nullable().default('X-User-Email').describe('Email address. Default: X-User-Email.'),
    role: headerName().nullable().default('X-User-Role').describe('The first role. Default: X-User-Role.'),
    roles: headerName().nullable().default(null).describe('All roles. Default: none.'),
    permissions: headerName().nullable().default('X-User-Permissions').describe('All permissions. Default: X-User-Permissions.'),
    scopes: headerName().nullable().default(null).describe('All scopes. Default: none.'),
    requestId: headerName().nullable().default('X-Gateway-Request-ID').describe('Id of the request. Default: X-Gateway-Request-ID.'),
    separator: z.string().default(',').describe('Between the values of a list. Default: a comma.'),
  }),
]);

const headers = z.strictObject({
  request: z.strictObject({
    ...headerEdit,
    context: contextHeaders.prefault({}).describe('Names of the headers that tell a service who is calling; `null` leaves one out. The client’s own copies are always stripped.'),
    token: internalTokenSchema.default('off').describe('A short-lived token, signed by the gateway, that tells the service who is calling; it can be verified with `jwks`. Needs `identity`. On a public route, where nobody is known, there is none. The client’s own copy of the header is always stripped. Default: off.'),
    authorization: z.enum(['forward', 'drop']).default('forward').describe('Whether the service sees the client’s Authorization header. Default: forward.'),
    cookie: z.enum(['forward', 'drop']).default('forward').describe('Whether the service sees the client’s cookies. Default: forward.'),
  }).prefault({}).describe('What the service gets.'),
  response: z.strictObject(headerEdit).prefault({}).describe('What the client gets.'),
});

const query = z.strictObject({
  set: z.record(z.string(), template()).default({}).describe('Parameters to set; templates as in headers.'),
  remove: listOf(z.string()).default([]).describe('Parameters to drop.'),
  rename: z.record(z.string(), z.string()).default({}).describe('Old name to new name.'),
});

const cors = z.union([
  z.literal('off').describe('No CORS headers; preflights are ordinary requests.'),
  z.strictObject({
    origins: listOf(z.string().min(1)).describe('Origins allowed: exact, with `*` as a wildcard (`https://*.example.org`), or `*` alone for any.'),
    credentials: z.boolean().default(false).describe('Cookies and Authorization allowed. Default: false. Danger: with any origin, every site may act for the user; then the origin is echoed only if listed.'),
    methods: listOf(z.string()).default(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).describe('Methods allowed. Default: the usual ones.'),
    headers: z.union([z.literal('echo'), listOf(headerName())]).default('echo').describe('Request headers allowed: a list, or `echo` for whatever is asked. Default: echo.'),
    expose: listOf(headerName()).default(['X-Request-ID', 'Content-Disposition', 'Retry-After', 'RateLimit', 'RateLimit-Policy']).describe('Response headers that scripts may read.'),
    maxAge: duration().prefault('10m').describe('How long a browser may remember a preflight. Default: 10m.'),
    upstream: z.enum(['strip', 'keep']).default('strip').describe('What happens to a service’s own CORS headers. Default: strip.'),
  }),
]);

const securityHeaders = z.union([
  z.literal('off'),
  z.record(headerName(), z.string().nullable()).describe('Header to value; `null` leaves a standard one out.'),
]);

const compression = z.union([
  z.literal('off'),
  z.strictObject({
    encodings: listOf(z.enum(['zstd', 'br', 'gzip'])).default(['zstd', 'br', 'gzip']).describe('In order of preference when the client has none.'),
    minSize: size().prefault('1kB').describe('Smaller bodies are left alone. Default: 1kB.'),
    types: listOf(z.string()).default(['text/*', 'application/json', 'application/*+json', 'application/javascript', 'application/xml', 'application/*+xml', 'image/svg+xml', 'application/wasm']).describe('Content types worth it; `*` is a wildcard. Event streams never are.'),
  }),
]);

const body = z.strictObject({
  limit: sizeOrOff().prefault('10MiB').describe('Largest request body; over it: 413, and the service sees an aborted request. `off` for none. Default: 10MiB.'),
  types: listOf(z.string()).default([]).describe('Content types accepted, others get 415; `*` is a wildcard. Default: all.'),
  multipart: multipartSchema.optional().describe('What forms with files (`multipart/form-data`) may hold. They are looked at while they pass, byte for byte and without being kept; the problem names the field. Other bodies are not looked at: `types` refuses them. Default: forms are not looked into.'),
});

const timeout = z.strictObject({
  connect: durationOrOff().prefault('1s').describe('Until a connection to a target stands. Default: 1s.'),
  firstByte: durationOrOff().prefault('10s').describe('From the request sent to the response header. Default: 10s.'),
  idle: durationOrOff().prefault('30s').describe('Between two chunks of a response body. Default: 30s.'),
  total: durationOrOff().prefault('30s').describe('The whole exchange. Not for event streams and WebSockets once they stand. Default: 30s.'),
  write: durationOrOff().prefault('60s').describe('For the client to take what is ready for it, at most some 64 KiB; over it the connection ends. Default: 60s.'),
  stream: durationOrOff().prefault('1h').describe('Silence allowed on an event stream or a WebSocket. Default: 1h.'),
});

const errorShape = z.strictObject({
  status: z.int().min(400).max(599).optional().describe('Status instead of the catalogue’s.'),
  body: z.unknown().optional().describe('JSON with `{placeholders}`, or text. Placeholders: status, code, title, detail, message, path, method, requestId, retryAfter, service; details (what else the problem tells), errors (the fields of a body that are wrong: `path`, `message`), errors.loc (the same as `loc`, `msg`, `type`). Text that is one placeholder keeps its type.'),
  contentType: z.string().optional().describe('Default: application/json, or text/plain when the body is text.'),
  headers: z.record(headerName(), template()).optional().describe('Headers to add; templates as in `body`.'),
  message: z.string().optional().describe('What `{message}` says; the way to another language. Default: the detail.'),
});

const errors = z.union([
  z.literal('problem+json').describe('RFC 9457.'),
  errorShape.extend({
    only: z.record(z.string(), errorShape).optional().describe('Overrides by problem code (docs/errors.md) or by status, e.g. `unauthenticated` or `404`.'),
  }).describe('The platform’s own shape.'),
]);

const websocketLimits = z.strictObject({
  origins: listOf(z.string().min(1)).optional().describe('Origins that may connect, written as in `cors`, and no others. Default: those of `cors` and the gateway’s own, or any where there is no `cors`. Clients that send no Origin are no browsers and may. Danger: browsers do not ask before they open a WebSocket to another site, and send cookies along.'),
  maxFrame: sizeOrOff().prefault('1MiB').describe('Largest frame a client may send; over it the connection closes with 1009. Default: 1MiB.'),
  ping: durationOrOff().prefault('30s').describe('How long a client may be silent before the gateway pings it, so that middleboxes keep the connection. Default: 30s.'),
});

const websocket = z.union([
  z.literal('off').describe('Upgrades are refused with 403.'),
  z.literal('on').transform(() => websocketLimits.parse({})).describe('Upgrades pass, with the limits’ defaults.'),
  websocketLimits,
]);

/** What a route, a policy and `defaults` may say. Every key is optional there; the defaults written here come last. */
export function settingsSchema(extensions: ExtensionRegistry) {
  return z.strictObject({
    authenticate: authenticateSchema.optional().describe('Authenticators to try in order, or `none` for a public route. Default: all authenticators of the file. A route is never public by omission.'),
    authorize: authorizeSchema.default('any').describe('Who may, once authenticated. Default: any.'),
    guards: z.array(chosen(extensions, 'guard')).default([]).describe('Further guards, in order, after authorisation; those about addresses (`ip`) come before anything else.'),
    interceptors: z.array(chosen(extensions, 'interceptor')).default([]).describe('Interceptors of plugins, outermost first.'),
    path: path.default('keep').describe('The path the service gets. Default: keep.'),
    trailingSlash: z.enum(['keep', 'add', 'strip']).default('keep').describe('The last slash of the path the service gets. Default: keep.'),
    method: z.string().regex(/^[A-Z]+$/).optional().describe('Method the service gets instead of the client’s.'),
    headers: headers.prefault({}).describe('Which headers pass, and what is added.'),
    query: query.prefault({}).describe('Edits of the query the service gets.'),
    transform: z.array(chosen(extensions, 'transform')).default([]).describe('Transforms of request and response, in order. Those that look into a body buffer it.'),
    redirects: z.enum(['rewrite', 'pass', 'follow']).default('rewrite').describe('A service’s redirects to itself: `rewrite` the Location to the public path, `pass` it untouched, or `follow` it for the client (GET and HEAD). Default: rewrite.'),
    cors: cors.default('off').describe('Cross-origin access for browsers; on every answer, refusals included. Default: off.'),
    securityHeaders: securityHeaders.default({}).describe('Standard ones: X-Content-Type-Options, X-Frame-Options, Referrer-Policy; add or change by name.'),
    compression: compression.prefault({}).describe('Compression of answers on their way to the client; what a service compressed itself is left alone. Default: zstd, br, gzip. Danger: where an answer holds a secret beside text the caller chose, its size can betray the secret (BREACH); turn it off on such routes.'),
    body: body.prefault({}).describe('What request bodies may be.'),
    timeout: timeout.prefault({}).describe('How long each part of an exchange may take; `off` for no limit.'),
    breaker: z.union([z.literal('off').describe('None, whatever the service has.'), breakerSchema]).optional().describe('A circuit breaker of this route’s own instead of its service’s. Default: that of the service.'),
    retry: z.union([z.literal('off').describe('No retries, whatever the service has.'), retrySchema]).optional().describe('Retries of this route instead of its service’s. Default: those of the service.'),
    hedge: z.union([z.literal('off').describe('None, whatever the service has.'), hedgeSchema]).optional().describe('Hedging of this route instead of its service’s. Default: that of the service.'),
    priority: prioritySchema.default('normal').describe('How much its requests matter when the service has all the `concurrency` it may have: the lower, the sooner they get 503 `overloaded`. Default: normal.'),
    fallback: fallbackSchema.optional().describe('What the client gets when the service fails: a list of stand-ins tried in order, or `{ when, chain }`. The answer tells by `X-Degraded: stale`, `service` or `static`. Default: the problem, or the service’s own error.'),
    cache: cacheSchema.default('off').describe('Whether answers of the service are kept and given again (RFC 9111, as a shared cache). Default: off. Danger: what is kept serves everybody whom the key does not tell apart.'),
    split: splitSchema.optional().describe('Parts the requests between variants of the service, by conditions and weights. Default: none.'),
    mirror: mirrorSchema.optional().describe('Copies requests to another service, whose answers are dropped; the live ones neither wait nor fail for it. Default: none.'),
    limit: limitSchema.default('off').describe('How often a caller may: `off`, a rate such as `100/min`, one limit, or a list of them. Over it: 429 `too-many-requests`. Default: off.'),
    limitHeaders: limitHeadersSchema.prefault({}).describe('Which headers tell a client of its limits, on every answer of a route that has some.'),
    deprecate: deprecateSetting.optional().describe('Tells on every answer that this goes away: `Deprecation`, `Sunset`, `Link`, `Warning`. Over what `versions` says of the call’s version. Default: only what `versions` says.'),
    errors: errors.default('problem+json').describe('Shape of error bodies. Default: problem+json.'),
    websocket: websocket.prefault('on').describe('WebSocket upgrades. Default: on.'),
    openapi: operationSchema.optional().describe('How it stands in the OpenAPI document of the gateway, or `off` for not at all. Which routes without it are there: `openapi.routes`.'),
    labels: z.record(z.string().regex(/^[A-Za-z]\w*$/, { error: 'expected a name: a letter, then letters, digits or "_"' }), z.string()).default({}).describe('What there is to say of it besides, by name: `{ category: parsing }` is `{route.labels.category}` in the templates of headers and of `log.add`.'),
    head: onOff().default(true).describe('`off` answers HEAD with 405 where only GET is listed. Default: on.'),
  });
}

export type SettingsSchema = ReturnType<typeof settingsSchema>;
