import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ServicesModule } from '../services/index.js';
import { ProxyController } from './proxy.controller.js';
import { ProxyService } from './proxy.service.js';
import { SnapshotService } from './snapshot.service.js';

/** The proxied path: routes compiled to a snapshot, and the catch-all that runs them. */
@Module({
  imports: [AuthModule, ServicesModule],
  controllers: [ProxyController],
  providers: [ProxyService, SnapshotService],
  exports: [SnapshotService],
})
export class ProxyModule {}
