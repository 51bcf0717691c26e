import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DiscoveryModule } from '../discovery/index.js';
import { ResilienceModule } from '../resilience/index.js';
import { ServicesModule } from '../services/index.js';
import { GroundworkService } from './groundwork.js';
import { ProxyController } from './proxy.controller.js';
import { ProxyService } from './proxy.service.js';
import { SnapshotService } from './snapshot.service.js';

/** The proxied path: routes compiled to a snapshot, and the catch-all that runs them. */
@Module({
  imports: [AuthModule, DiscoveryModule, ResilienceModule, ServicesModule],
  controllers: [ProxyController],
  providers: [GroundworkService, ProxyService, SnapshotService],
  exports: [SnapshotService],
})
export class ProxyModule {}
