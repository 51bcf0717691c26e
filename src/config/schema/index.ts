import { z } from 'zod';
import type { ExtensionRegistry } from '#libs/kernel';
import { rolesSchema, unmatchedSchema } from './access.js';
import { aggregateSchema } from './aggregate.js';
import { apiKeysSchema } from './api-keys.js';
import { auditSchema } from './audit.js';
import { cacheTiersSchema } from './cache.js';
import { databaseSchema } from './database.js';
import { endpointShape } from './endpoints.js';
import { chosen } from './extensions.js';
import { identitySchema } from './identity.js';
import { limitsSchema } from './limit.js';
import { logSchema } from './log.js';
import { matchSchema, versionsSchema } from './match.js';
import { metricsSchema } from './metrics.js';
import { openapiSchema } from './openapi.js';
import { redisOrNone } from './redis.js';
import { revocationSchema } from './revocation.js';
import { correlationIdSchema, forwardedSchema, requestIdSchema, responseTimeSchema, serverSchema } from './server.js';
import { serviceSchema } from './services.js';
import { settingsSchema, type SettingsSchema } from './settings.js';
import { testSchema } from './tests.js';
import { tracingSchema } from './tracing.js';
import { listOf, name } from './values.js';

const use = listOf(name()).default([]).describe('Policies to take settings from, in order; later ones win, what is written inline wins over all.');

const to = name().optional().describe('The service that answers. A route has either this or `aggregate`.');
const aggregate = aggregateSchema.optional().describe('One answer put together from several calls, instead of `to`. Such a route takes GET (and HEAD) unless `match.methods` says otherwise, and no WebSockets.');
const description = z.string().optional().describe('A note for people.');

/** One route after inheritance: its own keys and every setting, defaults filled in. */
export const routeSchema = (settings: SettingsSchema) =>
  settings.extend({
    description,
    match: matchSchema.describe('Which requests this route takes.'),
    use,
    to,
    aggregate,
  });

/** One endpoint after inheritance. */
export const endpointSchema = (settings: SettingsSchema) => settings.extend({ ...endpointShape, use });

/** The whole file. Schemas are heavy, so that those who need the one of the settings too make it once. */
export function fileSchema(extensions: ExtensionRegistry, whole: SettingsSchema = settingsSchema(extensions)) {
  const settings = whole.partial();
  return z.strictObject({
    version: z.literal(1).describe('Version of this file’s shape.'),
    include: listOf(z.string()).optional().describe('Files to merge in, relative to this one; a trailing `?` makes one optional. A name may be defined once. `consul://host:port/key` is a key of Consul’s store, and with a `/` at its end all keys below it, in order; `consul+https://` for TLS. The token is the environment variable CONSUL_HTTP_TOKEN. A changed key loads itself, unless `server.watch` is off. Danger: whoever may write the keys decides what the gateway does, and can have every environment variable sent somewhere; only files of the gateway, and plugins, cannot be named there.'),
    info: z.strictObject({
      title: z.string().default('Passerelle').describe('Name for people: the heading of `/docs`. Default: Passerelle.'),
      name: z.string().default('passerelle').describe('Name for machines. Default: passerelle.'),
      version: z.string().default('1.0.0').describe('Version of the platform behind the gateway; put it in quotes. Default: 1.0.0.'),
      environment: z.string().default('development').describe('Where this gateway runs. Default: development.'),
    }).prefault({}).describe('How the gateway calls itself in `/gateway/info`, `/health` and `/docs`.'),
    server: serverSchema.prefault({}).describe('What needs a restart; all the rest is hot. With several workers it is hot too: they are replaced one after the other.'),
    forwarded: forwardedSchema.prefault({}).describe('Which proxies in front are believed, and what services are told of them.'),
    requestId: requestIdSchema.prefault({}).describe('The id every request has, from the client to the service and back.'),
    correlationId: correlationIdSchema.optional().describe('A second id, for chains of requests that belong together across gateways and services: it is kept where it comes, and passed on. Default: none.'),
    responseTime: responseTimeSchema.optional().describe('Header that tells how long the answer took. Default: none.'),
    log: logSchema.prefault({}).describe('What is logged; one JSON object a line.'),
    metrics: metricsSchema.prefault({}).describe('Names, labels and buckets of the series of `/metrics`.'),
    openapi: openapiSchema.prefault({}).describe('The OpenAPI document of the gateway: `openapi`, `docs` and `redoc`.'),
    tracing: tracingSchema.prefault({}).describe('Traces, by OpenTelemetry.'),
    roles: rolesSchema.prefault({}).describe('What role names mean: which exist, what else they are called, which include others.'),
    unmatched: unmatchedSchema.prefault({}).describe('What a request is told that no route matches.'),
    redis: redisOrNone.describe('The Redis that gateways share: limits, quotas, kept answers. Without it each gateway keeps them by itself. Default: none.'),
    identity: identitySchema.optional().describe('Accounts of the gateway’s own: registering, signing in, sessions, and the tokens it signs. Without it nothing of it is loaded. Default: none.'),
    apiKeys: apiKeysSchema.prefault({}).describe('API keys that are kept in the database; they are recognised by an authenticator `use: api-key`.'),
    audit: auditSchema.optional().describe('A record of who did what: logins, refusals, changes of accounts and keys, admin calls, configurations. It is kept in the database, each entry chained to the one before. Without it nothing is recorded. Default: none.'),
    database: databaseSchema.prefault({}).describe('Where accounts, keys and the audit trail are kept. Nothing of it is loaded or made where nothing needs it.'),
    revocation: revocationSchema.prefault({}).describe('Tokens that were called back before their time. What was revoked is kept in the database; in Redis where nothing needs a database; else in memory, for this gateway only and until it ends.'),
    limits: limitsSchema.prefault({}).describe('What all limits have in common.'),
    cache: cacheTiersSchema.prefault({}).describe('Where the answers are kept that routes keep.'),
    versions: versionsSchema.optional().describe('API versions, mounted side by side.'),
    defaults: settings.prefault({}).describe('Settings of every route and endpoint.'),
    authenticate: z.record(name(), chosen(extensions, 'authenticator')).default({}).describe('Authenticators by name.'),
    policies: z.record(name(), settings).default({}).describe('Settings by name, for `use:`.'),
    services: z.record(name(), serviceSchema(extensions)).default({}).describe('Services by name: where they are and how they are spoken to.'),
    routes: z.record(name(), settings.extend({ description, match: matchSchema.describe('Which requests this route takes.'), use, to, aggregate }).meta({ oneOf: [{ required: ['to'] }, { required: ['aggregate'] }] })).default({}).describe('Routes by name: a match, where it leads, and every setting. Which of several matching routes wins: see Precedence.'),
    endpoints: z.record(name(), z.union([z.literal('off'), settings.extend({ ...endpointShape, use }).partial()])).default({}).describe('Built-in endpoints: where they are mounted, who may, and what they look like.'),
    tests: z.array(testSchema).default([]).describe('Requests and what must become of them: `passerelle test`.'),
  });
}

export type GatewayFile = z.output<ReturnType<typeof fileSchema>>;
export type RouteSettings = z.output<SettingsSchema>;
export type RouteConfig = z.output<ReturnType<typeof routeSchema>>;
export type EndpointConfig = z.output<ReturnType<typeof endpointSchema>>;
export type ServiceConfig = z.output<ReturnType<typeof serviceSchema>>;
export type ServerConfig = z.output<typeof serverSchema>;
export type { ServerTlsConfig } from './server-tls.js';
export type MatchConfig = z.output<typeof matchSchema>;
export type VersionsConfig = z.output<typeof versionsSchema>;
export type RolesConfig = z.output<typeof rolesSchema>;
export type TestConfig = z.output<typeof testSchema>;
export type { AggregateConfig, CallConfig } from './aggregate.js';
export type { ApiKeysConfig } from './api-keys.js';
export type { AuditConfig } from './audit.js';
export { askedOf, filledIn, isOpen, namesAsked, type Asked, type AuthenticateConfig } from './authenticate.js';
export { allRules, ruleBeside, rulesByMethod, type AuthorizeConfig, type OwnerConfig, type RuleConfig } from './authorize.js';
export type { CacheConfig, CacheTiersConfig } from './cache.js';
export type { DatabaseConfig } from './database.js';
export type { DeprecateConfig } from './deprecate.js';
export type { FallbackConfig, StandInConfig } from './fallback.js';
export { limitOfOwn, limitsOf, ownLimitsSchema, parseQuota, type LimitConfig, type LimitHeadersConfig, type LimitSetting, type Period } from './limit.js';
export type { IdentityConfig } from './identity.js';
export type { OperationConfig } from './openapi.js';
export type { AliasConfig, MetricsConfig } from './metrics.js';
export { LOG_LEVELS, logLevel, nameOf } from './log.js';
export { fieldNames, type LogField } from './log-fields.js';
export type { MirrorConfig } from './mirror.js';
export type { MultipartConfig } from './multipart.js';
export type { SpanExportConfig, TracingConfig } from './tracing.js';
export type { SplitCondition, SplitConfig } from './split.js';
export type { ConcurrencyConfig } from './concurrency.js';
export type { HedgeConfig } from './hedge.js';
export type { BreakerConfig, PassiveConfig, RetryConfig } from './resilience.js';
export { ENDPOINT_KINDS, ENDPOINT_TREES, type EndpointKind } from './endpoints.js';
