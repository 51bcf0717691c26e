import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Provider } from '@nestjs/common';
import { events, systemClock, type ReloadReport } from '#libs/kernel';
import { AppModule } from './app.module.js';
import { AuditDirectory } from './audit/index.js';
import { outcomeOf, reloadTopic, SoloFleet, type Fleet } from './cluster/index.js';
import { ConfigStore, watch, type Image, type LoadOptions } from './config/index.js';
import { ignoreBodies } from './http/endpoint-body.js';
import { endpointHead } from './http/endpoint-head.js';
import { Certificates } from './http/certificates.js';
import { FrontDoor } from './http/front-door.js';
import { OperationMethods } from './http/operation-methods.js';
import { clientErrorHandler, createHttpServer, type Listener } from './http/server.js';
import { Readiness, type FailedReload } from './health/readiness.js';
import { GatewayDocument } from './openapi/gateway-document.js';
import { SnapshotService } from './proxy/snapshot.service.js';
import { LOGGER, NestLogger, type Logger } from './telemetry/index.js';

export interface Gateway {
  readonly app: NestFastifyApplication;
  /** Where it listens, e.g. `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly log: Logger;
  /** Hash of the configuration in force. */
  readonly version: string;
  /**
   * Loads the file again; a wrong one changes nothing. Resolves with whether another configuration is in force.
   * @param image what another process found on the disk, to go by instead.
   */
  reload(image?: Image): Promise<boolean>;
  /** A reload failed before it got here; readiness tells of it. */
  noteFailure(outcome: FailedReload['outcome'], report: ReloadReport): void;
  /** Calls `changed` when a file of the configuration did, as often as `server.watch` says; returns a function that ends it. */
  watch(changed: () => void): () => void;
  /**
   * Stops accepting, answers what is in flight within the grace time, then ends.
   * @param manner `gentle` keeps idle connections for as long, so that each is told with its next answer that it ends.
   */
  close(manner?: Manner): Promise<void>;
}

export type Manner = 'gentle' | 'prompt';

export interface GatewayOptions extends LoadOptions {
  readonly port?: number;
  readonly host?: string;
  /** What is loaded already. */
  readonly store?: ConfigStore;
  /** The workers this process is one of. Default: it is alone. */
  readonly fleet?: Fleet;
}

/**
 * Starts a gateway from a file.
 * @throws ConfigurationError when the file is wrong: it never starts from an invalid one. Error when an option of it is
 * refused only on use, or the port cannot be had.
 */
export async function startGateway({ fleet = new SoloFleet(), host, port, store: loaded, ...options }: GatewayOptions): Promise<Gateway> {
  const store = loaded ?? (await ConfigStore.open(options));
  const { server } = store.current.config;
  const app = await createApp(store, fleet);
  const snapshots = app.get(SnapshotService);
  if (fleet.worker === null) fleet.answer(reloadTopic, () => outcomeOf(() => snapshots.reload()));
  try {
    await snapshots.apply();
    await app.listen(port ?? server.port, host ?? server.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    app, url: addressOf(app, server.tls ? 'https' : 'http'), log: app.get(LOGGER),
    get version() { return store.current.config.hash; },
    reload: (image) => snapshots.reload(image),
    noteFailure: (outcome, report) => {
      app.get(Readiness).failed(outcome, report);
      app.get(AuditDirectory).failed(outcome, report);
    },
    watch: (changed) => watchStore(store, changed),
    close: (manner = 'prompt') => closeWithin(app, server.grace, manner),
  };
}

async function createApp(store: ConfigStore, fleet: Fleet): Promise<NestFastifyApplication> {
  const { server } = store.current.config;
  const door = new FrontDoor(systemClock);
  const certificates = certificatesOf(store);
  const adapter = new FastifyAdapter({
    serverFactory: (listener: Listener) => createHttpServer(listener, server, door, certificates),
    clientErrorHandler: clientErrorHandler(door),
    // Ids are the front door's business; Fastify's would be made for nothing.
    genReqId: () => '',
    // While it closes, Fastify would answer in a shape of its own; requests that are there are answered like any.
    return503OnClosing: false,
    // No route has a schema of the Fastify kind; the compilers that it would load for them take 1.4 MB.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    // No middleware of the Express kind is used; its engine alone costs a tenth of a proxied request.
    skipMiddie: true,
  });
  const operations = new OperationMethods();
  adapter.getInstance().addHook('onRoute', (route) => operations.note(route));
  const { controllers } = store.current;
  const providers = store.current.providers as readonly Provider[];
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of({ store, door, fleet, operations, providers, controllers }), adapter, { bodyParser: false, abortOnError: false, bufferLogs: true });
  if (certificates) (app.getHttpServer() as Server).once('close', follow(store, certificates));
  app.useLogger(app.get(NestLogger));
  app.get(GatewayDocument).attach(app);
  ignoreBodies(adapter.getInstance());
  adapter.getInstance().addHook('onSend', endpointHead);
  return app;
}

/** What a TLS listener shows; `null` for one in clear. */
function certificatesOf({ current: { config } }: ConfigStore): Certificates | null {
  return config.server.tls && config.tls ? new Certificates(config.server.tls, config.tls) : null;
}

/** `server:` needs a restart, what lies in its files does not. @returns a function that ends it. */
function follow(store: ConfigStore, certificates: Certificates): () => void {
  return events.configurationApplied.subscribe(() => {
    const { tls } = store.current.config;
    if (tls) certificates.adopt(tls);
  });
}

function noSchemas(): never {
  throw new Error('Routes of the gateway have no Fastify schemas');
}

function watchStore(store: ConfigStore, changed: () => void): () => void {
  const every = store.current.config.server.watch;
  return every === 0 ? () => {} : watch(store, every, changed);
}

function addressOf(app: NestFastifyApplication, scheme: string): string {
  const { address, family, port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `${scheme}://${family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function closeWithin(app: NestFastifyApplication, grace: number, manner: Manner): Promise<void> {
  const server = app.getHttpServer() as Server;
  app.get(Readiness).drain();
  app.get(FrontDoor).drain(manner);
  const timer = setTimeout(() => server.closeAllConnections(), grace);
  // node:http ends idle connections with the server; a client may be sending on one at this very moment.
  if (manner === 'gentle') server.closeIdleConnections = () => {};
  server.closeIdleConnections();
  await app.close();
  clearTimeout(timer);
}
