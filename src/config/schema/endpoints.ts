import { z } from 'zod';
import { absolutePath, listOf } from './values.js';

export const ENDPOINT_KINDS = ['health', 'live', 'ready', 'services', 'service', 'metrics', 'info', 'docs', 'openapi', 'admin'] as const;
export type EndpointKind = (typeof ENDPOINT_KINDS)[number];

/** Own keys of an endpoint; it takes every setting of a route besides. */
export const endpointShape = {
  serve: z.enum(ENDPOINT_KINDS).optional().describe('Which built-in answers. Default: the name of this entry.'),
  at: listOf(absolutePath()).describe('Paths it is mounted at, several at once. `service` takes a `:service` segment; `docs` and `admin` answer below their path too. `admin` is nowhere unless the file says where, and has to say who may (`authorize`).'),
  answer: z.unknown().optional().describe('Template of the body, with `{placeholders}` (docs/configuration.md, Endpoints). Default: our own shape.'),
  status: z.strictObject({
    down: z.union([z.literal(200), z.literal(503)]).default(200).describe('Status while a service is down. Default: 200.'),
  }).prefault({}).describe('HTTP statuses of the answer.'),
  words: z.strictObject({
    up: z.string().default('healthy').describe('All is well. Default: healthy.'),
    degraded: z.string().default('degraded').describe('Some are down. Default: degraded.'),
    down: z.string().default('unhealthy').describe('All are down. Default: unhealthy.'),
  }).prefault({}).describe('What states are called.'),
};
