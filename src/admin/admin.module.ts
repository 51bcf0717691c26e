import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { ServicesModule } from '../services/index.js';
import { AdminController } from './admin.controller.js';
import { AdminService } from './admin.service.js';
import { CacheController } from './cache.controller.js';
import { CacheService } from './cache.service.js';

/** `admin`: services, targets, circuit breakers, the cache and reload, by hand. */
@Module({ imports: [CacheModule, RateLimitModule, ServicesModule], controllers: [AdminController, CacheController], providers: [AdminService, CacheService] })
export class AdminModule {}
