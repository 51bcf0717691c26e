import { z } from 'zod';
import { listOf } from './values.js';

/** One test: a request and what must become of it; run by `passerelle test` without a network. */
export const testSchema = z.strictObject({
  name: z.string().optional(),
  request: z.strictObject({
    method: z.string().regex(/^[A-Z]+$/).default('GET'),
    url: z.string().describe('Path with query, or an absolute URL to choose the host.'),
    headers: z.record(z.string(), z.string()).default({}),
    as: z.strictObject({
      id: z.string().default('test'),
      email: z.string().optional(),
      role: z.string().optional(),
      roles: listOf(z.string()).default([]),
      permissions: listOf(z.string()).default([]),
      scopes: listOf(z.string()).default([]),
      authenticator: z.string().optional().describe('Default: the first of the route.'),
    }).optional().describe('Who is calling; omitted: nobody.'),
  }),
  expect: z.strictObject({
    status: z.int().optional().describe('Status the gateway itself answers; omit it for what is forwarded.'),
    code: z.string().optional().describe('Code of the problem answered.'),
    route: z.string().optional(),
    service: z.string().optional(),
    endpoint: z.string().optional(),
    method: z.string().optional().describe('Method the service gets.'),
    path: z.string().optional().describe('Path and query the service gets.'),
    headers: z.record(z.string(), z.string().nullable()).optional().describe('Headers the service gets; `null`: must be absent.'),
  }),
});
