import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Provider } from '@nestjs/common';
import { systemClock } from '#libs/kernel';
import { AppModule } from './app.module.js';
import { ConfigStore, watch, type LoadOptions } from './config/index.js';
import { endpointHead } from './http/endpoint-head.js';
import { FrontDoor } from './http/front-door.js';
import { clientErrorHandler, createHttpServer, type Listener } from './http/server.js';
import { Readiness } from './health/readiness.js';
import { GatewayDocument } from './openapi/gateway-document.js';
import { SnapshotService } from './proxy/snapshot.service.js';
import { NestLogger } from './telemetry/index.js';

export interface Gateway {
  readonly app: NestFastifyApplication;
  /** Where it listens, e.g. `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Loads the file again; a wrong one changes nothing. Resolves with whether another configuration is in force. */
  reload(): Promise<boolean>;
  /** Calls `changed` when a file of the configuration did, as often as `server.watch` says; returns a function that ends it. */
  watch(changed: () => void): () => void;
  /** Stops accepting, answers what is in flight within the grace time, then ends. */
  close(): Promise<void>;
}

/**
 * Starts a gateway from a file.
 * @throws ConfigurationError when the file is wrong: it never starts from an invalid one. Error when an option of it is
 * refused only on use, or the port cannot be had.
 */
export async function startGateway(options: LoadOptions & { port?: number; host?: string }): Promise<Gateway> {
  const store = await ConfigStore.open(options);
  const { server } = store.current.config;
  const door = new FrontDoor(systemClock);
  const app = await createApp(store, door);
  const snapshots = app.get(SnapshotService);
  try {
    await snapshots.apply();
    await app.listen(options.port ?? server.port, options.host ?? server.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, url: addressOf(app), reload: () => snapshots.reload(), watch: (changed) => watchStore(store, changed), close: () => closeWithin(app, server.grace) };
}

async function createApp(store: ConfigStore, door: FrontDoor): Promise<NestFastifyApplication> {
  const { server } = store.current.config;
  const adapter = new FastifyAdapter({
    serverFactory: (listener: Listener) => createHttpServer(listener, server, door),
    clientErrorHandler: clientErrorHandler(door),
    // Ids are the front door's business; Fastify's would be made for nothing.
    genReqId: () => '',
    // While it closes, Fastify would answer in a shape of its own; requests that are there are answered like any.
    return503OnClosing: false,
    // No middleware of the Express kind is used; its engine alone costs a tenth of a proxied request.
    skipMiddie: true,
  });
  const providers = store.current.providers as readonly Provider[];
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of({ store, door, providers }), adapter, { bodyParser: false, abortOnError: false, bufferLogs: true });
  app.useLogger(app.get(NestLogger));
  app.get(GatewayDocument).attach(app);
  adapter.getInstance().addHook('onSend', endpointHead);
  return app;
}

function watchStore(store: ConfigStore, changed: () => void): () => void {
  const every = store.current.config.server.watch;
  return every === 0 ? () => {} : watch(store, every, changed);
}

function addressOf(app: NestFastifyApplication): string {
  const { address, family, port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `http://${family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function closeWithin(app: NestFastifyApplication, grace: number): Promise<void> {
  const server = app.getHttpServer() as Server;
  app.get(Readiness).drain();
  app.get(FrontDoor).drain();
  const timer = setTimeout(() => server.closeAllConnections(), grace);
  server.closeIdleConnections();
  await app.close();
  clearTimeout(timer);
}
