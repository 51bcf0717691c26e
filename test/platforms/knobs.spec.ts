import { readFile } from 'node:fs/promises';
import { claims, requestHeaders, roles, rules, tokens } from './knobs/access.js';
import { cors, envelopes, ids, responseHeaders, timeouts } from './knobs/answers.js';
import { environment } from './knobs/environment.js';
import { patterns, paths, proxies, unmatched } from './knobs/routing.js';

/** A test elsewhere that proves a knob already, and words in it that say so. */
interface Elsewhere {
  readonly spec: string;
  readonly says: string;
}

type Proof = (() => Promise<void>) | Elsewhere | readonly Elsewhere[];

const traffic = (says: string): Elsewhere => ({ spec: 'test/platforms/traffic.knobs.spec.ts', says });

/** Everything that one of the platforms needs to be able to say in `gateway.yaml`, and where it is shown that it can. */
const KNOBS: readonly (readonly [number: number, what: string, proof: Proof])[] = [
  [1, 'several patterns; prefixes that end at a segment, anywhere, nowhere', patterns],
  [2, 'path: keep, strip, replace, template, last slash, method, versions', paths],
  [3, 'redirects of services lead to public paths', traffic('3: a redirect of a service to itself')],
  [4, 'tokens: required claims, type, numeric sub, from header, query, cookie', tokens],
  [5, 'claims with fallbacks, paths and defaults', claims],
  [6, 'roles: aliases, ladders, superuser', roles],
  [7, 'authorize: any, all, deny by default, known roles', rules],
  [8, 'unmatched paths, HEAD', unmatched],
  [9, 'identity: mount, fields, answers, refresh', [
    { spec: 'test/platforms/identity.knobs.spec.ts', says: 'a frontend of two layers that disagree' },
    { spec: 'test/platforms/supersmartmatch.identity.spec.ts', says: 'get the very same one back, until they sign out' },
  ]],
  [10, 'revocation: where, by what, when away', { spec: 'test/integration/revocation.spec.ts', says: 'A4: a gateway and what is revoked' }],
  [11, 'API keys, signatures, lists of addresses', [
    { spec: 'test/platforms/meetinity.access.spec.ts', says: 'Meetinity: API keys' },
    { spec: 'test/platforms/meetinity.access.spec.ts', says: 'Meetinity: signatures' },
    { spec: 'test/platforms/meetinity.access.spec.ts', says: 'Meetinity: lists of addresses' },
  ]],
  [12, 'request headers: lists, context, Authorization of another form', requestHeaders],
  [13, 'response headers: lists, security headers, no CORS of services', responseHeaders],
  [14, 'request ids and times', ids],
  [15, 'error envelopes', envelopes],
  [16, 'limits', { spec: 'test/platforms/limits.knobs.spec.ts', says: '16: a refusal in the shape of each platform' }],
  [17, 'trusted proxies', proxies],
  [18, 'timeouts, and the status of each', timeouts],
  [19, 'retries and breakers', traffic('19: what counts for a breaker and a retry')],
  [20, 'kept answers', { spec: 'test/platforms/cache.knobs.spec.ts', says: '20: kept answers' }],
  [21, 'stand-ins', traffic('21: a list of algorithms stands in')],
  [22, 'endpoints under any path, in any shape', { spec: 'test/platforms/health.knobs.spec.ts', says: '22: Meetinity' }],
  [23, 'names and labels of metrics', { spec: 'src/metrics/naming.spec.ts', says: 'O2: series under names of the file' }],
  [24, 'CORS on every answer, plain OPTIONS', cors],
  [25, 'bodies: limits, types, forms while they stream', { spec: 'test/integration/forms.spec.ts', says: 'knob 25' }],
  [26, 'WebSockets and Socket.IO', traffic('26: polls and the WebSocket of Socket.IO')],
  [27, 'endless and binary answers', traffic('27: endless and partial answers')],
  [28, 'transforms', { spec: 'test/integration/transforms-formats.spec.ts', says: 'knob 28' }],
  [29, 'deprecation', { spec: 'test/integration/deprecation.spec.ts', says: 'knob 29' }],
  [30, 'splits', traffic('30: two versions side by side')],
  [31, 'aggregates', traffic('31: the statistics of two parsers')],
  [32, 'environments: nested defaults, lists, weights, levels', environment],
  [32, 'environments: profile files', { spec: 'src/config/dot-env.spec.ts', says: 'knob 32' }],
  [33, 'access lines', { spec: 'test/platforms/supersmartmatch.log.spec.ts', says: 'in the words of the platform' }],
  [34, 'analytics', { spec: 'test/integration/analytics.spec.ts', says: '34: analytics' }],
  [35, 'operations of the OpenAPI document', { spec: 'test/integration/openapi.spec.ts', says: 'D: ids and groups as the client libraries call them' }],
];

it('there are 35 knobs', () => {
  expect([...new Set(KNOBS.map(([number]) => number))]).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
});

it.each(KNOBS)('knob %i: %s', async (_number, _what, proof) => {
  if (typeof proof === 'function') return proof();
  for (const { says, spec } of [proof].flat() as readonly Elsewhere[]) expect(await readFile(new URL(`../../${spec}`, import.meta.url), 'utf8')).toContain(says);
});
