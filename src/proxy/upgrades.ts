import { Problem, problems, type Exchange, type Guard } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { compileOrigins } from '../http/origins.js';

type Settings = Pick<RouteSettings, 'cors' | 'websocket'>;

/** Whether a page of that origin may connect. */
type OriginCheck = (origin: string, exchange: Exchange) => boolean;

/**
 * Compiles `websocket` to the guard of upgrades; other requests pass it untouched.
 * @throws Error when an origin of the list cannot be understood.
 */
export function compileUpgrades(settings: Settings): Guard {
  if (settings.websocket === 'off') return Object.freeze({ admit: refuseUpgrades });
  const allows = compileOriginCheck(settings, settings.websocket.origins);
  return Object.freeze({
    admit(exchange: Exchange): void {
      if (exchange.upgrade === null) return;
      checkHandshake(exchange);
      const { origin } = exchange.headers;
      if (origin === undefined || allows(origin, exchange)) return;
      throw new Problem(problems.forbidden, 'Pages of this origin may not open a WebSocket here.');
    },
  });
}

function refuseUpgrades(exchange: Exchange): void {
  if (exchange.upgrade !== null) throw new Problem(problems.upgradeRefused, 'This route does not let WebSockets through.');
}

/**
 * RFC 6455 4.1: the opening handshake is a GET without a body. Anything else is no WebSocket, and bytes that one side
 * takes for a body and the other for frames are a way to smuggle requests.
 */
function checkHandshake({ body, method }: Exchange): void {
  if (method !== 'GET' || body !== null) throw new Problem(problems.malformedRequest, 'A WebSocket is opened with a GET that has no body.');
}

/**
 * CORS does not protect WebSockets: a browser opens them to any site without asking, cookies included, and only tells
 * in `Origin` whose page it was (RFC 6455 10.2). So the gateway has to look. A page that came through the gateway
 * itself is not cross-origin, and no list of `cors` needs to name it.
 */
function compileOriginCheck({ cors }: Settings, listed: readonly string[] | undefined): OriginCheck {
  if (listed === undefined && cors === 'off') return () => true;
  const origins = compileOrigins(listed ?? (cors === 'off' ? [] : cors.origins));
  if (origins.any) return () => true;
  if (listed !== undefined) return (origin) => origins.lists(origin);
  return (origin, { host, scheme }) => origins.lists(origin) || origin === `${scheme}://${host.toLowerCase()}`;
}
