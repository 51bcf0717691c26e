import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seedSchool } from './seed/school.js';
import { attendanceService } from './services/attendance-service.js';
import { authService } from './services/auth-service.js';
import { courseService } from './services/course-service.js';
import { aboutRoutes, type DemoService, type ServiceFactory, type Surroundings } from './services/demo-service.js';
import { faceRecognitionService } from './services/face-recognition-service.js';
import { justificationService } from './services/justification-service.js';
import { messagingService } from './services/messaging-service.js';
import { notificationService } from './services/notification-service.js';
import { statisticsService } from './services/statistics-service.js';
import { userService } from './services/user-service.js';
import { AccessTokens } from './tokens.js';
import type { Routes } from './toolkit/call.js';
import { serve } from './toolkit/serve.js';

/** The nine services of PresencePro, in the order of their ports. */
const factories = {
  'auth-service': authService,
  'user-service': userService,
  'course-service': courseService,
  'face-recognition-service': faceRecognitionService,
  'attendance-service': attendanceService,
  'justification-service': justificationService,
  'messaging-service': messagingService,
  'notification-service': notificationService,
  'statistics-service': statisticsService,
} satisfies Record<string, ServiceFactory>;

export type ServiceName = keyof typeof factories;

export const serviceNames = Object.keys(factories) as ServiceName[];

interface PlatformOptions {
  /** Signs the access tokens (HS256); the gateway must know the same. */
  readonly jwtSecret: string;
  /** The services take this port and the eight after it, as 8001 in the original; 0, the default, takes free ones. */
  readonly firstPort?: number;
  readonly clock?: () => number;
}

export interface DemoPlatform {
  /** Base URL by service name: `auth-service` is at `http://127.0.0.1:49153`. */
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** Ends every connection at once, sockets and streams included. */
  close(): Promise<void>;
}

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

// Longer than any gateway keeps idle connections: the side that closes first must be the one that sends.
const keepAliveMs = 75_000;

function serverOf(service: DemoService, routes: Routes): Server {
  // Any other upgrade (some clients offer h2c on every call) is a request like all others.
  const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean =>
    service.sockets !== undefined && headers.upgrade?.toLowerCase() === 'websocket';
  const server = createServer({ keepAliveTimeout: keepAliveMs, shouldUpgradeCallback }, serve(routes));
  return server.on('upgrade', (...upgrade) => service.sockets?.upgrade(...upgrade));
}

async function listen(name: ServiceName, around: Surroundings, port: number): Promise<Running> {
  const service: DemoService = factories[name](around);
  const server = serverOf(service, { ...aboutRoutes(name, service, around.clock), ...service.routes });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  server.on('error', (error) => process.emitWarning(error));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      service.sockets?.close();
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Starts the sample platform on the loopback address: all nine services, or none. */
export async function startPlatform(options: PlatformOptions): Promise<DemoPlatform> {
  const { jwtSecret, firstPort = 0, clock = Date.now } = options;
  const around: Surroundings = { school: seedSchool(clock()), tokens: new AccessTokens(jwtSecret, clock), clock };
  const portOf = (index: number): number => (firstPort === 0 ? 0 : firstPort + index);
  const outcomes = await Promise.allSettled(serviceNames.map((name, index) => listen(name, around, portOf(index))));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const closeAll = async (): Promise<void> => void (await Promise.all(running.map((each) => each.close())));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await closeAll();
    throw failed.reason;
  }
  let closing: Promise<void> | undefined;
  const urls = Object.fromEntries(serviceNames.map((name, index) => [name, running[index]?.url]));
  return { urls: urls as DemoPlatform['urls'], close: () => (closing ??= closeAll()) };
}
