import { SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE, ATTR_HTTP_REQUEST_METHOD, ATTR_HTTP_REQUEST_RESEND_COUNT, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT, ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions';
import { Problem } from '#libs/kernel';
import type { Redaction } from '../redaction.js';
import { FinishedSpan, UNSET, type Origin } from './finished-span.js';
import type { RecordedTry } from './span-journal.js';
import { methodOf, nameOf, placeOf, shortened } from './span-names.js';

const CLIENT_ERROR = 400;
const FAILURE = 500;
/** Answers without a body: who takes none of it has not left. */
const BODYLESS: ReadonlySet<number> = new Set([204, 304]);
const MARK = 'x-mirrored';

/**
 * Compiles the making of the span that is a try.
 * @returns takes the try, the span id of its exchange, and the milliseconds from the monotonic clock to the epoch.
 */
export function compileClientSpan(redaction: Redaction, origin: Origin): (one: RecordedTry, parentId: string, epoch: number) => FinishedSpan {
  return (one, parentId, epoch) => {
    const { flags, traceId } = one.journal;
    const method = methodOf(one.method);
    const error = errorOf(one);
    return new FinishedSpan({
      name: nameOf(method),
      kind: SpanKind.CLIENT,
      context: { traceId, spanId: one.spanId, traceFlags: flags },
      parent: { traceId, spanId: parentId, traceFlags: flags },
      startedAt: one.startedAt + epoch,
      endedAt: one.endedAt + epoch,
      status: error !== null && error.failed ? { code: SpanStatusCode.ERROR } : UNSET,
      attributes: { [ATTR_HTTP_REQUEST_METHOD]: method, ...ofTarget(one, redaction), ...ofOutcome(one), ...(error !== null && { [ATTR_ERROR_TYPE]: error.type }) },
    }, origin);
  };
}

function ofTarget({ params, path, service, target }: RecordedTry, redaction: Redaction): Attributes {
  const attributes: Attributes = {};
  if (service !== null) {
    attributes['passerelle.service'] = service;
    attributes['service.peer.name'] = service;
  }
  if (target === null) return attributes;
  const { host, origin, protocol } = target.url;
  const { address, port } = placeOf(host, protocol.slice(0, -1));
  attributes[ATTR_SERVER_ADDRESS] = address;
  if (port !== null) attributes[ATTR_SERVER_PORT] = port;
  attributes[ATTR_URL_FULL] = shortened(origin + redaction.path(target.basePath + path, params));
  return attributes;
}

function ofOutcome({ headers, reason, resends, status }: RecordedTry): Attributes {
  const attributes: Attributes = {};
  if (status > 0) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = status;
  if (resends > 0) attributes[ATTR_HTTP_REQUEST_RESEND_COUNT] = resends;
  if (headers?.get(MARK) !== undefined) attributes['passerelle.mirrored'] = true;
  // Such as: another target was faster.
  if (reason !== null && !(reason instanceof Problem)) attributes['passerelle.cancelled'] = reason.message;
  return attributes;
}

/** What went wrong, and whether that is a failure: a client that left is none of the service's. */
function errorOf({ method, reason, status }: RecordedTry): { readonly type: string; readonly failed: boolean } | null {
  const takesNone = status > 0 && (method === 'HEAD' || BODYLESS.has(status));
  if (reason instanceof Problem && !takesNone) return { type: reason.type.code, failed: reason.status >= FAILURE };
  return status >= CLIENT_ERROR ? { type: String(status), failed: true } : null;
}
