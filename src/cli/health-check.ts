import { request, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { TLSSocket } from 'node:tls';

/** Milliseconds for an answer. */
const PATIENCE = 2_500;

type Outcome = 'alive' | 'not' | 'in-clear-to-nobody';

/**
 * The health check of the image, a program of its own: it runs every few seconds, so it loads nothing but what it needs, not
 * even the configuration. Whether there is TLS it finds out; whose certificate it is does not matter on this very machine.
 * It ends with 0 where the gateway is alive.
 */
async function main(): Promise<number> {
  const { PASSERELLE_HEALTH_URL: named, PASSERELLE__SERVER__PORT: port = '8000' } = process.env;
  if (named !== undefined) return (await ask(new URL(named))) === 'alive' ? 0 : 1;
  const plain = await ask(new URL(`http://127.0.0.1:${port}/health/live`));
  if (plain !== 'in-clear-to-nobody') return plain === 'alive' ? 0 : 1;
  return (await ask(new URL(`https://127.0.0.1:${port}/health/live`))) === 'alive' ? 0 : 1;
}

function ask(url: URL): Promise<Outcome> {
  const options: RequestOptions = { timeout: PATIENCE, agent: false };
  const secure = url.protocol === 'https:';
  return new Promise((resolve) => {
    let agreed = false;
    const asked = secure ? requestSecurely(url, { ...options, rejectUnauthorized: false }) : request(url, options);
    asked.once('socket', (socket) => (socket as TLSSocket).once('keylog', () => { agreed = true; }));
    asked.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? 'alive' : 'not');
    });
    asked.once('timeout', () => asked.destroy(new Error('too late')));
    asked.once('error', ({ code }: NodeJS.ErrnoException) => resolve(outcomeOf(code ?? '', { secure, agreed })));
    asked.end();
  });
}

/** Who wants a certificate of ours (`server.tls.clients: required`) is there, though we never get to ask anything. */
function outcomeOf(code: string, { agreed, secure }: { readonly secure: boolean; readonly agreed: boolean }): Outcome {
  if (secure) return (agreed && code !== '') || code.includes('_ALERT_') ? 'alive' : 'not';
  return code === 'ECONNRESET' ? 'in-clear-to-nobody' : 'not';
}

process.exitCode = await main();
