export type { GatewayConfig, Origin } from './gateway-config.js';
export {
  ENDPOINT_KINDS, fileSchema,
  type EndpointConfig, type EndpointKind, type MatchConfig, type RolesConfig, type RouteConfig, type RouteSettings,
  type ServerConfig, type ServiceConfig, type TestConfig, type VersionsConfig,
} from './schema/index.js';
