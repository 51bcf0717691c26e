import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { SpanExportConfig } from '../../config/index.js';
import { withoutVariables } from '../../config/without-variables.js';
import type { Sender } from './span-queue.js';
import { tlsOf, type CollectorTls } from './tls.js';

/** The way to a collector. */
export interface Collector extends Sender {
  /** Lets go of its connections, and of what is under way on them. */
  close(): void;
}

/** Libraries of OpenTelemetry take what the environment says for what the file does not, headers with keys included. */
const VARIABLES = /^OTEL_/;
/** That of gRPC takes a proxy from it with every connection. */
const PROXIES = /^(?:grpc|https?)_proxy$/i;
/** Milliseconds that a batch has after its time, for the exporter to find out by itself. */
const SLACK = 250;

/** Loads what the way needs, and opens it: nothing is connected before the first batch. */
export function openCollector(config: SpanExportConfig): Promise<Collector> {
  switch (config.use) {
    case 'otlp-http': return overHttp(config);
    case 'otlp-grpc': return overGrpc(config);
    default: return config.use satisfies never;
  }
}

function revealed({ headers }: SpanExportConfig): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, secret]) => [name, secret.reveal()]));
}

async function overHttp(config: SpanExportConfig): Promise<Collector> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  type Options = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;
  const url = config.url ?? 'http://localhost:4318/v1/traces';
  const agent = url.startsWith('https:') ? new HttpsAgent({ keepAlive: true, ...tlsOf(config.tls) }) : new HttpAgent({ keepAlive: true });
  const exporter = withoutVariables(VARIABLES, () => new OTLPTraceExporter({
    url,
    headers: revealed(config),
    compression: config.compression as NonNullable<Options['compression']>,
    timeoutMillis: config.timeout,
    httpAgentOptions: () => agent,
  }));
  return {
    export(spans, done) {
      // For the exporter the time begins anew with every byte: a collector that gives one a second would never be through.
      const limit = setTimeout(() => agent.destroy(), config.timeout + SLACK).unref();
      exporter.export(spans, (result) => {
        clearTimeout(limit);
        done(result);
      });
    },
    close: () => agent.destroy(),
  };
}

async function overGrpc(config: SpanExportConfig): Promise<Collector> {
  const [{ OTLPTraceExporter }, { credentials, Metadata }] = await Promise.all([import('@opentelemetry/exporter-trace-otlp-grpc'), import('@grpc/grpc-js')]);
  type Options = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;
  const url = config.url ?? 'http://localhost:4317';
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(revealed(config))) metadata.set(name, value);
  const secured = ({ rejectUnauthorized, secureContext }: CollectorTls) => credentials.createFromSecureContext(secureContext, { rejectUnauthorized });
  const exporter = withoutVariables(VARIABLES, () => new OTLPTraceExporter({
    url,
    metadata,
    compression: config.compression as NonNullable<Options['compression']>,
    timeoutMillis: config.timeout,
    credentials: url.startsWith('https:') ? secured(tlsOf(config.tls)) : credentials.createInsecure(),
  }));
  return { export: (spans, done) => withoutVariables(PROXIES, () => exporter.export(spans, done)), close: () => void exporter.shutdown().catch(() => {}) };
}
