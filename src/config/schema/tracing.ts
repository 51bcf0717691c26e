import { z } from 'zod';
import { secretText, type Secret } from '#libs/kernel';
import { tlsTowards } from './upstream-tls.js';
import { duration, durationOrOff, headerName, onOff } from './values.js';

/** Milliseconds; a shorter time to wait would only mean more and smaller batches. */
const SHORTEST = 10;

/** Where Jaeger took spans in a form of its own; it takes OTLP at another port of the same host. */
const JAEGER = /^(https?:\/\/[^/?#\s]+):14268\/api\/traces\/?$/;

const collectorUrl = z.string().overwrite((text) => text.replace(JAEGER, '$1:4318/v1/traces')).superRefine((text, context) => {
  const report = (message: string): void => context.addIssue({ code: 'custom', message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return report('expected an address that begins with http:// or https://');
  if (url.username !== '' || url.password !== '') report('credentials do not belong in the address; send them in `headers`');
  if (url.search !== '' || url.hash !== '') report('expected an address without ? and #');
});

/** What HTTP and gRPC both take. Libraries that refuse a value print it, which a secret must not come to. */
const headerValue = secretText().refine((secret: Secret) => /^[ -~]+$/.test(secret.reveal()), { error: 'expected the value of a header: one line of printable ASCII' });
/** Names of metadata, as gRPC has them; those with `-bin` behind have bytes for values. */
const METADATA = /^(?!.*-bin$)[\w.-]+$/i;

const exportSchema = z.strictObject({
  use: z.enum(['otlp-http', 'otlp-grpc']).describe('How the collector is spoken to: OTLP over HTTP (protobuf), or over gRPC.'),
  url: collectorUrl.optional().describe('Where it is. For `otlp-http` with its path. Empty text exports nothing, so that `${COLLECTOR:-}` may stand here. The former address of a Jaeger (port 14268, `/api/traces`) stands for the one where it takes OTLP (port 4318, `/v1/traces`). Default: http://localhost:4318/v1/traces, or http://localhost:4317 for `otlp-grpc`.'),
  headers: z.record(headerName(), headerValue).default({}).describe('Header fields that are sent along, such as a key of the collector’s; they never print. Default: none. Variables `OTEL_EXPORTER_OTLP_*` are not read; `${NAME}` takes one over.'),
  compression: z.enum(['gzip', 'none']).default('none').describe('Default: none. On the same machine or network gzip costs more than it saves.'),
  timeout: duration().prefault('10s').refine((time) => time >= 1, { error: 'expected at least 1ms' }).describe('How long a batch may take, with what has to be tried again. Then its spans are lost, and counted. Default: 10s.'),
  every: duration().prefault('5s').refine((time) => time >= SHORTEST, { error: `expected at least ${SHORTEST}ms` }).describe('How long spans wait for others at most before they are sent together. Default: 5s.'),
  queue: z.int().min(1).max(100_000).default(2_048).describe('Spans that may wait, in each process. Those beyond are dropped, and counted. Default: 2048. Danger: each takes 2 KB or so while it waits.'),
  tls: tlsTowards('the collector').optional().describe('How a collector at `https://` is recognised, and how the gateway shows who it is. Default: by Node’s authorities.'),
}).superRefine(({ headers, tls, url = '', use }, context) => {
  const report = (name: string, message: string): void => context.addIssue({ code: 'custom', path: [name], message });
  if (tls !== undefined && !url.startsWith('https:')) report('tls', '`url` does not ask for TLS; begin it with `https`');
  if (use !== 'otlp-grpc') return;
  if (URL.canParse(url) && new URL(url).pathname !== '/') report('url', 'gRPC knows its path itself; leave it out');
  for (const name of Object.keys(headers)) if (!METADATA.test(name)) report('headers', `gRPC has no place for a header "${name}"`);
  if (tls?.servername !== undefined) report('tls', 'with `otlp-grpc` the name is that of `url`; leave `servername` out');
});

function isNowhere(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'url' in value && value.url === '';
}

const sampleSchema = z.strictObject({
  ratio: z.number().min(0).max(1).default(0.01).describe('Share of the traces that are exported, by trace id: gateways and services that go by it choose the same ones. Of traces that a stranger has begun chance decides. Services are told in `traceparent`. Default: 0.01.'),
  parent: z.union([z.literal('trusted-proxies'), onOff()]).default('trusted-proxies').describe('Whose decision holds in place of `ratio`, where a valid `traceparent` comes along: everybody’s (`on`), that of `trusted-proxies` (`forwarded.trust`), or nobody’s (`off`). What it samples is exported, what it does not is not. Default: trusted-proxies. Danger: with `on` anybody can have his requests exported; where clients are strangers, take another one.'),
  errors: onOff().default(true).describe('Whether exchanges that end with a status of 500 or above are exported in any case. Services were not told by then, so such a trace has the spans of the gateway only. Default: on.'),
  slow: durationOrOff().prefault('off').describe('From which duration on an exchange is exported in any case, from its first byte to its last; likewise with the spans of the gateway only. WebSockets do not count. Default: off.'),
});

/** `tracing:` of the file. */
export const tracingSchema = z.strictObject({
  service: z.string().min(1).optional().describe('Name of this gateway in traces (`service.name`). Default: `info.name`.'),
  export: z.preprocess((value) => (isNowhere(value) ? 'off' : value), z.union([z.literal('off'), exportSchema])).default('off').describe('Where spans are sent. Default: off; the W3C context (`traceparent`, `tracestate`) is carried on all the same.'),
  sample: sampleSchema.prefault({}).describe('Which exchanges are exported.'),
  attributes: z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()])).default({}).describe('Further attributes of the resource, such as `{ deployment.environment.name: staging }`; they win over ours. Default: none.'),
  query: onOff().default(false).describe('Whether spans carry the query (credentials are cut out in any case). Default: off.'),
});

export type TracingConfig = z.output<typeof tracingSchema>;
export type SpanExportConfig = Exclude<TracingConfig['export'], 'off'>;
