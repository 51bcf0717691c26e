import { z } from 'zod';
import { listOf } from './values.js';

/** One test: a request and what must become of it; run by `passerelle test` without a network. */
export const testSchema = z.strictObject({
  name: z.string().optional().describe('What the test shows; default: its request.'),
  request: z.strictObject({
    method: z.string().regex(/^[A-Z]+$/, { error: 'expected an upper-case method such as GET' }).default('GET').describe('Default: GET.'),
    url: z.string().describe('Path with query, or an absolute URL to choose the host.'),
    headers: z.record(z.string(), z.string()).default({}).describe('Request headers.'),
    as: z.strictObject({
      id: z.string().default('test').describe('Id of the user. Default: test.'),
      email: z.string().optional().describe('Email address. Default: none.'),
      role: z.string().optional().describe('One role; `roles` for several.'),
      roles: listOf(z.string()).default([]).describe('Roles. Default: none.'),
      permissions: listOf(z.string()).default([]).describe('Permissions. Default: none.'),
      scopes: listOf(z.string()).default([]).describe('Scopes. Default: none.'),
      claims: z.record(z.string(), z.unknown()).default({}).describe('Claims of the credential, for rules and templates that look at them. Default: none.'),
      authenticator: z.string().optional().describe('Default: the first of the route.'),
    }).optional().describe('Who is calling; omitted: nobody.'),
  }).describe('The request, as a client would send it.'),
  expect: z.strictObject({
    status: z.int().optional().describe('Status the gateway itself answers; omit it for what is forwarded.'),
    code: z.string().optional().describe('Code of the problem answered.'),
    route: z.string().optional().describe('Name of the route that takes it.'),
    service: z.string().optional().describe('Name of the service it goes to.'),
    endpoint: z.string().optional().describe('Name of the built-in endpoint that answers.'),
    method: z.string().optional().describe('Method the service gets.'),
    path: z.string().optional().describe('Path and query the service gets.'),
    headers: z.record(z.string(), z.string().nullable()).optional().describe('Headers the service gets; `null`: must be absent.'),
  }).describe('What must become of it; what is not named is not looked at.'),
});
