import type { AnswerHead, Clock, Exchange, HeaderList } from '#libs/kernel';
import type { GatewayConfig } from '../config/index.js';
import { dropCorsHeaders, isPreflight, type Cors } from './cors.js';
import type { Farewell } from './deprecation.js';
import type { ResponseTime } from './response-time.js';
import { addVary } from './vary.js';

/** What the gateway says on every answer of a route, each part compiled; `null` for a part that says nothing. */
export interface AnswerHeadParts {
  readonly cors: Cors | null;
  readonly securityHeaders: ((headers: HeaderList) => void) | null;
  readonly requestId: GatewayConfig['requestId'];
  readonly correlationId?: GatewayConfig['correlationId'];
  readonly responseTime: ResponseTime | null;
  /** What it tells of limits. */
  readonly limits: ((exchange: Exchange, headers: HeaderList) => void) | null;
  /** The table of versions, where there is one. */
  readonly versions?: GatewayConfig['versions'];
  /** What it tells of going away. */
  readonly farewell: Farewell['head'] | null;
  readonly clock: Clock;
}

/**
 * Joins the parts into one. With `cors: off` the gateway has no policy of its own, so a service's CORS headers pass;
 * else they are dropped first, unless the file keeps them.
 */
export function compileAnswerHead({ cors, securityHeaders, requestId, correlationId, responseTime, limits, versions, farewell, clock }: AnswerHeadParts): AnswerHead {
  const varies = versions === undefined ? [] : [versions.header, versions.mediaType === undefined ? undefined : 'Accept'].filter((name) => name !== undefined);
  const idHeader = requestId.answer;
  const chainHeader = correlationId?.answer ? correlationId.header : null;
  return {
    apply: (exchange, headers) => {
      if (cors !== null) {
        // A preflight's answer is ours; its fields were not said by a service.
        if (cors.stripUpstream && !isPreflight(exchange)) dropCorsHeaders(headers);
        cors.head(exchange, headers);
      }
      if (idHeader !== null) headers.set(idHeader, exchange.id);
      if (chainHeader !== null && exchange.correlationId !== '') headers.set(chainHeader, exchange.correlationId);
      securityHeaders?.(headers);
      limits?.(exchange, headers);
      farewell?.(exchange, headers);
      // RFC 9110 12.5.5: a path without a version stands for several, and shared caches keep them apart.
      if (varies.length > 0 && exchange.path === exchange.servicePath) for (const name of varies) addVary(headers, name);
      if (exchange.answerFields !== null) addFields(exchange.answerFields, headers);
      if (responseTime !== null) headers.set(responseTime.header, responseTime.value(clock.elapsed() - exchange.startedAt));
    },
  };
}

/** RFC 6265 3: cookies stand each in a field of its own, beside those a service sets. */
function addFields({ flat }: HeaderList, headers: HeaderList): void {
  for (let i = 0; i < flat.length; i += 2) {
    const [name, value] = [flat[i] as string, flat[i + 1] as string];
    if (name === 'Set-Cookie') headers.append(name, value);
    else headers.set(name, value);
  }
}
