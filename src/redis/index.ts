export { RedisDirectory, type BuiltRedis } from './redis-directory.js';
export { RedisModule } from './redis.module.js';
export type { RedisCommands, RedisConnection } from './redis-connection.js';
