import { z } from 'zod';
import { listOf, onOff } from './values.js';

/** Parts of an OpenAPI document are taken as they are. */
const part = z.record(z.string(), z.unknown());

const operationId = z.string().regex(/^[A-Za-z_][\w.-]*$/, { error: 'expected an id: a letter, then letters, digits, "-", "_" or "."' });

/** `openapi:` of a route, a policy or an endpoint. */
export const operationSchema = z.union([
  z.literal('off').describe('It is in no document.'),
  z.strictObject({
    id: operationId.optional().describe('The `operationId`, which programs and client libraries call it by; the file may use one only once. Where a route has several methods, the method stands in front (`get_users`); further paths and versions stand behind (`users_2`, `users_below`, `users_v1`). Default: the name of the route.'),
    tag: listOf(z.string().min(1)).optional().describe('The group it belongs to, in documents and client libraries; several at once. Default: the service.'),
    summary: z.string().optional().describe('What it does, in a few words.'),
    description: z.string().optional().describe('What it does, in Markdown.'),
    deprecated: onOff().optional().describe('Whether it should no longer be used. Default: what `deprecate` says.'),
    parameters: z.array(part).optional().describe('OpenAPI parameter objects; those of the path are there already, and are replaced by one of the same name.'),
    requestBody: part.optional().describe('An OpenAPI request body object.'),
    responses: z.record(z.string(), part).optional().describe('OpenAPI response objects by status. Problems of the gateway are added where a status is not here.'),
  }),
]);

export type OperationConfig = z.output<typeof operationSchema>;

/** `openapi:` of the file. */
export const openapiSchema = z.strictObject({
  version: z.enum(['3.1.0', '3.0.3']).default('3.1.0').describe('Version of OpenAPI that the document is written in. 3.0.3 cannot tell of certificates of clients. Default: 3.1.0.'),
  routes: z.enum(['off', 'described', 'public', 'all']).default('described').describe('Which routes the document has, beside the built-in endpoints: none (`off`), those that have an `openapi` of their own or inherit one (`described`), those and the ones that anybody may call (`public`), or `all`. One whose `openapi` is `off` is never there. Default: described. Danger: whoever may read the document learns of these paths, also of those they may not call.'),
  description: z.string().optional().describe('What the document says of itself, in Markdown. Default: one line.'),
  servers: listOf(z.string().min(1)).default([]).describe('Addresses clients reach the gateway at, e.g. `https://api.example.org`. Default: wherever the document came from.'),
  components: part.default({}).describe('OpenAPI components, such as `schemas`, that operations refer to (`$ref: "#/components/schemas/Student"`).'),
});
