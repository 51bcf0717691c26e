import { z } from 'zod';
import { deprecationShape } from './deprecate.js';
import { headerName, listOf, name } from './values.js';

const METHODS = /^[A-Z]+$/;

const condition = z.union([
  z.string().describe('The value must equal this text.'),
  z.boolean().describe('`true`: must be present; `false`: must be absent.'),
  z.strictObject({
    equals: listOf(z.string()).optional().describe('The value must be one of these.'),
    matches: z.string().optional().describe('The value must match this regular expression, whole. Danger: a slow expression slows every request of the path.'),
    prefix: z.string().optional().describe('The value must start with this.'),
  }),
]);

export const matchSchema = z.strictObject({
  path: listOf(z.string().regex(/^\//, { error: 'expected a path pattern that starts with "/"' })).describe(
    'One pattern or several. `:name` stands for one segment, a trailing `**` for the rest (and for nothing: `/a/**` matches `/a` too).',
  ),
  prefix: z.enum(['segment', 'string', 'exact']).default('segment').describe(
    'How a trailing `**` ends: `segment` at a slash; `string` anywhere, so that `/users/**` also matches `/usersXYZ`; `exact` ignores a trailing `**` and matches nothing below. Default: segment.',
  ),
  trailingSlash: z.enum(['ignore', 'strict']).default('ignore').describe(
    'Whether `/a/` is `/a`. Default: ignore. Danger: with `strict`, `/a/` may fall to a wider route with weaker rules.',
  ),
  methods: listOf(z.string().regex(METHODS, { error: 'expected an upper-case method such as GET' })).optional().describe('Methods that match. Default: all. GET brings HEAD unless `head: off`.'),
  hosts: listOf(z.string().min(1)).optional().describe('Host names that match, without port; `*.example.org` stands for any one label or more. Default: all.'),
  headers: z.record(headerName(), condition).optional().describe('Conditions on request headers; all must hold.'),
  query: z.record(z.string(), condition).optional().describe('Conditions on query parameters; all must hold.'),
  version: listOf(name()).optional().describe('API versions (of `versions:`) this route serves. Default: all of them.'),
  priority: z.int().default(0).describe('Decides between routes whose patterns and conditions are equally specific; the higher wins. Default: 0.'),
});

export const versionsSchema = z.strictObject({
  names: listOf(name()).describe('Every version, e.g. [v1, v2].'),
  default: name().optional().describe('The version of a call that names none. Default: none, such a call matches only routes without versions.'),
  prefix: z.boolean().default(true).describe('Versions are path prefixes: `/v1/users` is `/users` of v1. Default: true.'),
  header: headerName().optional().describe('Request header that names the version.'),
  mediaType: z.string().optional().describe('Parameter of the Accept media type that names the version, e.g. `version` for `application/json; version=v2`.'),
  ...deprecationShape,
});
