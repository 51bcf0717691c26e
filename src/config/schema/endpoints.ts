import { z } from 'zod';
import { absolutePath, listOf, name } from './values.js';

export const ENDPOINT_KINDS = ['health', 'live', 'ready', 'services', 'service', 'metrics', 'info', 'docs', 'openapi', 'admin', 'identity', 'login', 'jwks', 'plugin', 'redoc', 'analytics', 'static'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** Endpoints that have operations of their own below their path, and the methods these take. */
export const ENDPOINT_TREES: Readonly<Partial<Record<EndpointKind, readonly string[]>>> = {
  docs: ['GET'], redoc: ['GET'], analytics: ['GET', 'POST'], admin: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], identity: ['GET', 'POST', 'PATCH', 'DELETE'], login: ['GET', 'POST'], plugin: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
};

/** Own keys of an endpoint; it takes every setting of a route besides. */
export const endpointShape = {
  serve: z.enum(ENDPOINT_KINDS).optional().describe('Which built-in answers. Default: the name of this entry.'),
  at: listOf(absolutePath()).describe('Paths it is mounted at, several at once. `service` takes a `:service` segment; `docs`, `redoc`, `admin`, `analytics`, `identity`, `login` and `plugin` answer below their path too. `redoc` is nowhere by itself where `docs` is off or has more than its paths. `admin` and `analytics` are nowhere unless the file says where, and have to say who may (`authorize`).'),
  methods: listOf(z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' })).optional().describe('Of `static`: the methods it answers. Default: GET.'),
  operation: z.string().regex(/^[a-z][a-z/-]*$/, { error: 'expected the name of an operation, such as login' }).optional().describe('Of `identity` and `login`: the one operation that these paths are for, such as `login`, with settings of its own (a limit, say). Default: all of them, each below the path by its name.'),
  controller: z.string().regex(/^[\w-]+(?:\/[\w-]+)*$/, { error: 'expected the path of a controller, such as reports' }).optional().describe('Of `plugin`: the path of the one controller (its `@Controller`) that answers here. Default: all controllers of plugins, each below the path by its own.'),
  authenticator: name().optional().describe('Of `login`: which authenticator of the kind `oidc` it signs people in for. Default: the only one.'),
  answer: z.unknown().optional().describe('Template of the body, with `{placeholders}` (docs/configuration.md, Endpoints). Default: our own shape.'),
  format: z.enum(['json', 'yaml', 'csv']).optional().describe('Of `openapi` (json or yaml) and `analytics` (json or csv): how it is written where neither the ending of the path nor `?format=` nor `Accept` says. Default: json.'),
  services: listOf(name()).optional().describe('Of `services` and `service`: the services it tells of. Default: all.'),
  someDown: z.enum(['degraded', 'down']).default('degraded').describe('Of `services`: the state of the whole while some services are down, but not all. Default: degraded.'),
  status: z.union([
    z.int().min(200).max(599).describe('Of `static`: the status of the answer.'),
    z.strictObject({
      down: z.union([z.literal(200), z.literal(503)]).default(200).describe('Status while a service is down. Default: 200.'),
    }),
  ]).prefault({}).describe('HTTP statuses of the answer.'),
  words: z.strictObject({
    up: z.string().default('healthy').describe('All is well. Default: healthy.'),
    degraded: z.string().default('degraded').describe('Some are down. Default: degraded.'),
    down: z.string().default('unhealthy').describe('All are down. Default: unhealthy.'),
  }).prefault({}).describe('What states are called.'),
};
