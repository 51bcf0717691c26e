import type { Exchange } from '#libs/kernel';
import { compileTemplate, compileText, headerValue } from '#libs/transforms';
import type { EndpointConfig } from '../config/index.js';
import type { CompiledAnswer } from '../http/endpoint-answer.js';
import { factPlaceholders, type GatewayFacts } from './gateway-facts.js';
import { compileInfo } from './info-answer.js';

/** A status, fields and a body, all from the file. */
export interface StaticAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text, or what becomes JSON; `undefined` for none. */
  readonly body: unknown;
}

const DEFAULT_STATUS = 200;
const PLAIN = ['content-type', 'text/plain; charset=utf-8'] as const;
const NAMES = Object.keys(factPlaceholders);

type Compiled = (facts: GatewayFacts, exchange: Exchange) => StaticAnswer;

/**
 * Compiles what a `static` endpoint answers: text as plain text, unless `headers.response.set` names another
 * Content-Type, all else as JSON.
 * @throws TemplateError for a placeholder that means nothing.
 */
function compileStatic({ answer, headers, status }: EndpointConfig): Compiled {
  const fields = Object.entries(headers.response.set).map(([name, template]) => [name.toLowerCase(), compileTemplate(template)] as const);
  const body = compileBody(answer);
  return (facts, exchange) => {
    const set = fields.map(([name, write]) => [name, headerValue(write(exchange))] as const).filter(([, value]) => value !== '');
    return { status: typeof status === 'number' ? status : DEFAULT_STATUS, headers: typeof answer === 'string' ? [PLAIN, ...set] : set, body: body(facts) };
  };
}

function compileBody(answer: unknown): CompiledAnswer<GatewayFacts> {
  if (answer === undefined) return () => undefined;
  return typeof answer === 'string' ? compileText(answer, (name) => (Object.hasOwn(factPlaceholders, name) ? factPlaceholders[name] : undefined), NAMES) : compileInfo(answer);
}

/** Compiles each `static` endpoint once. */
class StaticAnswers {
  readonly #compiled = new WeakMap<EndpointConfig, Compiled>();

  /** @throws TemplateError for a placeholder that means nothing. */
  of(endpoint: EndpointConfig): Compiled {
    const known = this.#compiled.get(endpoint);
    if (known) return known;
    const compiled = compileStatic(endpoint);
    this.#compiled.set(endpoint, compiled);
    return compiled;
  }
}

export const staticAnswers = new StaticAnswers();
