import { z } from 'zod';
import { serverTlsSchema } from './server-tls.js';
import { duration, durationOrOff, freeHeaderName, listOf, onOff, size } from './values.js';

/** What a running process cannot change. */
export const serverSchema = z.strictObject({
  host: z.string().default('0.0.0.0').describe('Address to listen on. Default: 0.0.0.0, all of them.'),
  port: z.int().min(0).max(65535).default(8000).describe('Default: 8000; 0 for any free one.'),
  workers: z.union([z.literal('auto'), z.int().min(1).max(64)]).default(1).describe('Processes that answer behind the one port, for more than one core; `auto` for as many as there are cores. What a gateway keeps in memory (breakers, budgets, connections to targets) each has for itself; metrics add up. Default: 1.'),
  tls: serverTlsSchema.optional().describe('TLS towards clients. Default: none, plain HTTP/1.1. What is in the files of `certificates`, `ca` and `crl` is hot.'),
  http2: onOff().default(true).describe('Whether clients may speak HTTP/2, beside HTTP/1.1 on the same port. Only over TLS, by ALPN. Default: on.'),
  limits: z.strictObject({
    url: size().prefault('8KiB').describe('Longest request target; over it: 414. Default: 8KiB.'),
    headers: size().prefault('32KiB').describe('All header fields together; over it: 431. Default: 32KiB.'),
    headerCount: z.int().min(1).default(100).describe('Header fields in a request; over it: 431. Default: 100.'),
    connections: z.int().min(0).default(0).describe('Client connections at once, of each worker; 0 for no limit. Default: 0.'),
  }).prefault({}).describe('How much a client may send before anything is routed.'),
  timeout: z.strictObject({
    header: duration().prefault('10s').describe('For a client to send its request header; over it: 408. Default: 10s.'),
    body: durationOrOff().prefault('5m').describe('For a client to send its whole request; over it: 408. Default: 5m.'),
    keepAlive: duration().prefault('72s').describe('How long an idle client connection stays open; keep it above that of the balancer in front. Default: 72s.'),
  }).refine(({ body, header }) => body === 0 || body >= header, {
    path: ['body'], error: 'the whole request cannot have less time than its header; raise it, or lower `header`',
  }).prefault({}).describe('How long a client may take.'),
  watch: durationOrOff().prefault('1s').describe('How often the files of the configuration are looked at, secrets and includes too; a change is loaded once they have been still as long. `off`: SIGHUP only. Default: 1s.'),
  grace: duration().prefault('10s').describe('How long requests in flight may go on after SIGTERM. Default: 10s.'),
  plugins: listOf(z.string().min(1)).default([]).describe('Modules with extensions: paths relative to this file, or package names. Danger: they run with all the rights of the gateway.'),
});

/** Which proxies in front are believed, and what we tell those behind. */
export const forwardedSchema = z.strictObject({
  trust: listOf(z.string().min(1)).default([]).describe('Addresses or networks (CIDR) of proxies whose Forwarded, X-Forwarded-* and X-Real-IP count; `loopback` and `private` are short for those networks. Default: none.'),
  send: listOf(z.enum(['x-forwarded', 'forwarded', 'x-real-ip'])).default(['x-forwarded']).describe('Which headers a service gets: `x-forwarded` for X-Forwarded-For, -Host and -Proto, `forwarded` for the standard one (RFC 7239), `x-real-ip`. Default: x-forwarded.'),
  mode: z.enum(['append', 'replace']).default('append').describe('`append` to what trusted proxies said, or `replace` it. What others say is always dropped. Default: append.'),
  via: z.union([z.literal('off'), z.string().min(1)]).default('passerelle').describe('Our name in `Via` (RFC 9110 7.6.3), or `off`. Default: passerelle.'),
});

/** Requests have an id from here to the service and back. */
export const requestIdSchema = z.strictObject({
  header: z.string().default('X-Request-ID').describe('Request header that may bring an id.'),
  trust: z.enum(['client', 'trusted-proxies', 'generate']).default('client').describe('Whose id is kept (up to 128 safe characters); others get a new one. Default: client.'),
  format: z.enum(['uuid', 'hex32', 'hex8']).default('uuid').describe('Of new ids. Default: uuid.'),
  upstream: listOf(z.string()).default(['X-Request-ID']).describe('Headers in which a service gets the id, beside the context header.'),
  answer: z.string().nullable().default('X-Request-ID').describe('Header in which the client gets it; `null` for none.'),
});

/** Requests that belong together have one id beside their own. */
export const correlationIdSchema = z.strictObject({
  header: freeHeaderName().default('X-Correlation-ID').describe('Header that it comes in, and goes on in to services. Default: X-Correlation-ID.'),
  trust: z.enum(['client', 'trusted-proxies']).default('client').describe('Whose id is kept (up to 128 safe characters). Default: client.'),
  absent: z.enum(['request-id', 'none']).default('request-id').describe('What it is where none comes: the id of the request, which so begins a chain, or `none`. Default: request-id.'),
  answer: onOff().default(true).describe('Whether the client gets it back. Default: on.'),
});

export const responseTimeSchema = z.strictObject({
  header: z.string().describe('e.g. X-Process-Time.'),
  unit: z.enum(['s', 'ms']).default('ms').describe('Seconds or milliseconds. Default: ms.'),
  decimals: z.int().min(0).max(6).default(1).describe('Digits after the point. Default: 1.'),
});
