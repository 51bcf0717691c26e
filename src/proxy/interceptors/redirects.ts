import type { Answer, Exchange, Interceptor, Next } from '#libs/kernel';
import type { CompileService } from '../compile.js';

const MOST_HOPS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** `redirects: follow`: a service's redirects to itself are followed for the client, where repeating the request is safe. */
export const followRedirects: CompileService = ({ settings }): Interceptor | null => {
  if (settings.redirects !== 'follow') return null;
  return {
    async intercept(exchange, next) {
      let answer = await next(exchange);
      for (let hop = 0; hop < MOST_HOPS && mayFollow(exchange, answer); hop++) answer = await follow(exchange, answer, next);
      return answer;
    },
  };
};

/** By what was sent, which is not always what the client sent; a body that was sent cannot be sent again. */
function mayFollow(exchange: Exchange, answer: Answer): boolean {
  const { outgoing } = exchange;
  if (outgoing === null || outgoing.body !== null) return false;
  return REDIRECTS.has(answer.status) && (outgoing.method === 'GET' || outgoing.method === 'HEAD') && ownLocation(exchange, answer) !== null;
}

async function follow(exchange: Exchange, answer: Answer, next: Next): Promise<Answer> {
  const location = ownLocation(exchange, answer) as URL;
  const outgoing = exchange.outgoing as NonNullable<Exchange['outgoing']>;
  answer.body?.cancel(new Error('The redirect is followed'));
  outgoing.path = location.pathname.slice(exchange.target?.basePath.length);
  outgoing.query = location.search;
  return next(exchange);
}

/** Where the answer redirects to, when that is the target itself; a redirect elsewhere is the client's business. */
function ownLocation(exchange: Exchange, answer: Answer): URL | null {
  const { outgoing, target } = exchange;
  const location = answer.headers.get('location');
  if (location === undefined || !target || !outgoing) return null;
  const base = new URL(target.url);
  // Not by the parser, which takes what follows `//` for a host.
  base.pathname = target.basePath + outgoing.path;
  if (!URL.canParse(location, base)) return null;
  const resolved = new URL(location, base);
  return resolved.origin === target.url.origin && resolved.pathname.startsWith(`${target.basePath}/`) ? resolved : null;
}
