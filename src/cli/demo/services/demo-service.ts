import type { School } from '../model.js';
import type { AccessTokens } from '../tokens.js';
import type { Routes } from '../toolkit/call.js';
import type { SocketHub } from '../toolkit/socket-hub.js';

/** What every service of the platform is built from. */
export interface Surroundings {
  readonly school: School;
  readonly tokens: AccessTokens;
  readonly clock: () => number;
}

export interface DemoService {
  readonly description: string;
  readonly routes: Routes;
  readonly sockets?: Pick<SocketHub<unknown>, 'upgrade' | 'close'>;
}

export type ServiceFactory = (surroundings: Surroundings) => DemoService;

/** The two pages every PresencePro service has. `/health?status=degraded` plays a service that is up but unwell. */
export function aboutRoutes(name: string, service: DemoService, clock: () => number): Routes {
  const about = { service: name, version: '1.0.0' };
  return {
    'GET /health': ({ query }) => {
      const status = query.get('status') === 'degraded' ? 'degraded' : 'healthy';
      return { status, ...about, timestamp: new Date(clock()).toISOString() };
    },
    'GET /info': () => ({ ...about, description: service.description, endpoints: Object.keys(service.routes) }),
  };
}
