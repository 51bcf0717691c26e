import type { Chosen } from '#libs/kernel';
import type { EndpointConfig, EndpointKind, GatewayFile, RouteConfig, RouteSettings, ServiceConfig } from './schema/index.js';
import type { TlsMaterial } from './tls-material.js';

/** Where a value was written. */
export interface Origin {
  /** The file as the user named it, relative to the working directory where it lies below it. */
  readonly file: string;
  readonly line: number;
  /** Which layer gave the value: the built-in default, `defaults`, `policies.<name>`, the route itself, or an environment override. */
  readonly layer: string;
}

/** The effective configuration: validated, inheritance resolved, defaults filled in, frozen. */
export interface GatewayConfig
  extends Pick<GatewayFile, 'info' | 'server' | 'forwarded' | 'requestId' | 'correlationId' | 'responseTime' | 'log' | 'metrics' | 'openapi' | 'redis' | 'revocation' | 'database' | 'audit' | 'apiKeys' | 'identity' | 'cache' | 'limits' | 'roles' | 'unmatched' | 'versions' | 'tests' | 'tracing'> {
  /** Absolute path of the main file; relative paths in the configuration start at its folder. */
  readonly file: string;
  /** Hash of the effective values: equal hashes mean nothing changed. */
  readonly hash: string;
  /** Bytes in base64 of the files that routes answer with, by name as written. */
  readonly files: Readonly<Record<string, string>>;
  /** What the files hold that `server.tls` names; `null` where there is no TLS towards clients. */
  readonly tls: TlsMaterial | null;
  /** The settings of a route that says nothing: `defaults` over the built-in ones; also for what matches no route. */
  readonly defaults: RouteSettings;
  readonly authenticate: Readonly<Record<string, Chosen>>;
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly routes: Readonly<Record<string, RouteConfig>>;
  readonly endpoints: Readonly<Record<string, EndpointConfig & { readonly serve: EndpointKind }>>;
  /** Origin of the value at a path of the effective configuration, e.g. `['routes', 'users', 'timeout', 'total']`. */
  originOf(path: readonly (string | number)[]): Origin | undefined;
}
