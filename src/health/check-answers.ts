import type { GatewayConfig } from '../config/index.js';
import { healthAnswers } from './health-answers.js';
import { infoAnswers } from './info-answer.js';

/**
 * Compiles the `answer` of every endpoint ahead of its first request, so that a wrong one fails the load.
 * @throws Error that names the endpoint when a template has a placeholder that means nothing.
 */
export function checkAnswers({ endpoints }: Pick<GatewayConfig, 'endpoints'>): void {
  const answers: Readonly<Record<string, { of(endpoint: GatewayConfig['endpoints'][string]): unknown }>> = { ...healthAnswers, info: infoAnswers };
  for (const [name, endpoint] of Object.entries(endpoints)) {
    try {
      answers[endpoint.serve]?.of(endpoint);
    } catch (error) {
      throw new Error(`endpoints.${name}.answer: ${(error as Error).message}`, { cause: error });
    }
  }
}
