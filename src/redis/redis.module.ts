import { Module } from '@nestjs/common';
import { RedisDirectory } from './redis-directory.js';

/** The connection to Redis, where the file names one. */
@Module({ providers: [RedisDirectory], exports: [RedisDirectory] })
export class RedisModule {}
