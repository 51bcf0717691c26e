import { Module } from '@nestjs/common';
import { ServicesModule } from '../services/index.js';
import { DiscoveryLog } from './discovery-log.js';
import { DiscoveryService } from './discovery.service.js';

/** `discover:`: services whose targets a registry knows. */
@Module({ imports: [ServicesModule], providers: [DiscoveryLog, DiscoveryService], exports: [DiscoveryService] })
export class DiscoveryModule {}
