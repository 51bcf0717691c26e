import type { Clock } from '#libs/kernel';
import type { LogField } from '../config/index.js';
import { IsoTime } from './iso-time.js';
import { quote } from './json-text.js';
import type { FieldText, LineConfig } from './line-config.js';
import { agentOf, compileHeaders, hostOf, limitOf, milliseconds, pathOf, serviceOf } from './line-parts.js';
import type { Writer } from './logger.js';
import { compileMarks } from './marks.js';
import type { Redaction } from './redaction.js';

interface Means {
  readonly clock: Clock;
  readonly redaction: Redaction;
  readonly writer: Writer;
}

/** Compiles every field by itself, for lines that have a shape of their own. */
export function compileFieldTexts(config: LineConfig, { clock, redaction, writer: { worker } }: Means): Readonly<Record<LogField, FieldText>> {
  const time = new IsoTime();
  const headersOf = compileHeaders(config.headers, redaction);
  const marks = compileMarks(config.marks);
  return {
    time: () => `"${time.format(clock.now())}"`,
    level: () => '"info"',
    msg: () => '"request"',
    worker: () => (worker === null ? null : String(worker)),
    ...requestTexts(config, redaction),
    ...answerTexts,
    userAgent: (exchange) => quoted(agentOf(exchange, redaction)),
    slow: (exchange, duration) => yes(marks.slow(exchange, duration)),
    large: (exchange) => yes(marks.large(exchange)),
    error: (exchange) => yes(marks.error(exchange)),
    debug: ({ debugged }) => yes(debugged),
    headers: (exchange) => headersOf(exchange) || null,
  };
}

/** Who asked for what, and where it went. */
function requestTexts({ query }: LineConfig, redaction: Redaction) {
  return {
    requestId: ({ id }) => quote(id),
    correlationId: ({ correlationId }) => quoted(correlationId || null),
    traceId: ({ traceId }) => quoted(traceId || null),
    spanId: ({ spanId }) => quoted(spanId || null),
    sampled: ({ sampled }) => yes(sampled),
    client: ({ client }) => quote(client),
    method: ({ method }) => quote(method),
    path: (exchange) => quote(pathOf(exchange, query, redaction)),
    route: ({ route }) => quoted(route?.name),
    service: (exchange) => quoted(exchange.route === null ? null : serviceOf(exchange)?.name),
    endpoint: ({ route }) => quoted(route?.endpoint),
    version: ({ version }) => quoted(version),
    variant: ({ variant }) => quoted(variant),
    target: ({ target }) => quoted(target && hostOf(target)),
    tries: ({ target, tries }) => (target === null ? null : String(tries)),
    targetTime: ({ target, targetTime }) => (target === null ? null : milliseconds(targetTime)),
    subject: ({ principal }) => quoted(principal && redaction.value(principal.id)),
    authenticator: ({ principal }) => quoted(principal?.authenticator),
  } satisfies Partial<Record<LogField, FieldText>>;
}

/** What became of it. */
const answerTexts = {
  status: ({ status }) => String(status),
  problem: ({ failure, problem }) => quoted((problem ?? failure)?.type.code),
  cache: ({ cached }) => quoted(cached),
  limit: ({ limits }) => quoted(limitOf(limits)),
  degraded: ({ degraded }) => quoted(degraded),
  duration: (_exchange, duration) => milliseconds(duration),
  bytesIn: ({ bytesIn }) => String(bytesIn),
  bytesOut: ({ bytesOut }) => String(bytesOut),
  upgrade: ({ upgrade }) => quoted(upgrade),
} satisfies Partial<Record<LogField, FieldText>>;

function quoted(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : quote(text);
}

function yes(holds: boolean): string | null {
  return holds ? 'true' : null;
}
