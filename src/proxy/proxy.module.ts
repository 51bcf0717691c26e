import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/auth.module.js';
import { CacheModule } from '../cache/index.js';
import { DiscoveryModule } from '../discovery/index.js';
import { IdentityModule } from '../identity/index.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { RedisModule } from '../redis/index.js';
import { ResilienceModule } from '../resilience/index.js';
import { ServicesModule } from '../services/index.js';
import { GroundworkService } from './groundwork.js';
import { ProxyController } from './proxy.controller.js';
import { ProxyService } from './proxy.service.js';
import { Records } from './records.js';
import { SnapshotService } from './snapshot.service.js';
import { Stores } from './stores.js';

/** The proxied path: routes compiled to a snapshot, and the catch-all that runs them. */
@Module({
  imports: [AuditModule, AuthModule, CacheModule, DiscoveryModule, IdentityModule, RateLimitModule, RedisModule, ResilienceModule, ServicesModule],
  controllers: [ProxyController],
  providers: [GroundworkService, ProxyService, Records, SnapshotService, Stores],
  exports: [SnapshotService],
})
export class ProxyModule {}
