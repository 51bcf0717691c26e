export type { GatewayConfig, Origin } from './gateway-config.js';
export { fingerprint } from './hash.js';
export { ConfigurationError, formatIssues, type Issue } from './issues.js';
export { jsonSchema, type JsonSchema } from './json-schema.js';
export { loadConfig, type LoadedConfig, type LoadOptions } from './load-config.js';
export { referencePage } from './reference.js';
export { renderEffective, type RenderOptions } from './render.js';
export { routeEntries, type TableLine } from './route-entries.js';
export type { Image } from './read-file.js';
export { ConfigStore } from './store.js';
export { secureContextOptions, type KeyPair, type TlsMaterial } from './tls-material.js';
export { watch } from './watch.js';
export {
  allRules, askedOf, namesAsked, ruleBeside, rulesByMethod, type Asked, type AuthenticateConfig, type AuthorizeConfig, type OwnerConfig, type RuleConfig,
  limitOfOwn, limitsOf, ownLimitsSchema, parseQuota, type LimitConfig, type LimitHeadersConfig, type LimitSetting, type Period,
  type AggregateConfig, type ApiKeysConfig, type AuditConfig, type CallConfig, type FallbackConfig, type IdentityConfig, type MirrorConfig, type SplitCondition, type SplitConfig, type StandInConfig,
  type BreakerConfig, type CacheConfig, type CacheTiersConfig, type ConcurrencyConfig, type HedgeConfig, type PassiveConfig, type RetryConfig,
  type EndpointConfig, type EndpointKind, type MatchConfig, type RolesConfig, type RouteConfig, type RouteSettings,
  type ServerConfig, type ServerTlsConfig, type ServiceConfig, type TestConfig, type VersionsConfig,
} from './schema/index.js';
