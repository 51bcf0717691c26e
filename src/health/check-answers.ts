import type { GatewayConfig } from '../config/index.js';
import { healthAnswers } from './health-answers.js';
import { infoAnswers } from './info-answer.js';
import { staticAnswers } from './static-answer.js';

/** The answers of endpoints of one kind. */
interface Answers {
  of(endpoint: GatewayConfig['endpoints'][string]): unknown;
}

/**
 * Compiles the `answer` of every endpoint ahead of its first request, so that a wrong one fails the load.
 * @param others answers of other rooms, by built-in.
 * @throws Error that names the endpoint when a template has a placeholder that means nothing.
 */
export function checkAnswers({ endpoints }: Pick<GatewayConfig, 'endpoints'>, others: Readonly<Record<string, Answers>> = {}): void {
  const answers: Readonly<Record<string, Answers>> = { ...others, ...healthAnswers, info: infoAnswers, static: staticAnswers };
  for (const [name, endpoint] of Object.entries(endpoints)) {
    try {
      answers[endpoint.serve]?.of(endpoint);
    } catch (error) {
      throw new Error(`endpoints.${name}.answer: ${(error as Error).message}`, { cause: error });
    }
  }
}
