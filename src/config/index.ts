export type { GatewayConfig, Origin } from './gateway-config.js';
export { deprecatedVersions, deprecationOf, type Deprecation } from './deprecations.js';
export { fingerprint } from './hash.js';
export { ConfigurationError, formatIssues, type Issue } from './issues.js';
export { jsonSchema, type JsonSchema } from './json-schema.js';
export { loadConfig, type LoadedConfig, type LoadOptions } from './load-config.js';
export { SERIES, seriesNamed } from './metric-series.js';
export { explicitId, openApiPath, operationsOf, REST, type Operation } from './operations.js';
export { referencePage } from './reference.js';
export { renderEffective, type RenderOptions } from './render.js';
export { routeEntries, type TableLine } from './route-entries.js';
export type { Image } from './read-file.js';
export { momentOf } from './schema/moment.js';
export { ConfigStore } from './store.js';
export { certificatesIn } from './schema/upstream-tls.js';
export { secureContextOptions, type KeyPair, type TlsMaterial } from './tls-material.js';
export { watch } from './watch.js';
export {
  allRules, askedOf, isOpen, namesAsked, ruleBeside, rulesByMethod, type Asked, type AuthenticateConfig, type AuthorizeConfig, type OwnerConfig, type RuleConfig,
  fieldNames, LOG_LEVELS, logLevel, nameOf, type LogField,
  limitOfOwn, limitsOf, ownLimitsSchema, parseQuota, type LimitConfig, type LimitHeadersConfig, type LimitSetting, type Period,
  type AggregateConfig, type AliasConfig, type ApiKeysConfig, type AuditConfig, type CallConfig, type FallbackConfig, type IdentityConfig, type MetricsConfig, type MirrorConfig, type MultipartConfig, type OperationConfig, type SplitCondition, type SplitConfig, type StandInConfig,
  type BreakerConfig, type CacheConfig, type CacheTiersConfig, type ConcurrencyConfig, type HedgeConfig, type PassiveConfig, type RetryConfig,
  type EndpointConfig, type EndpointKind, type MatchConfig, type RolesConfig, type RouteConfig, type RouteSettings,
  type ServerConfig, type ServerTlsConfig, type ServiceConfig, type SpanExportConfig, type TestConfig, type TracingConfig, type VersionsConfig,
} from './schema/index.js';
