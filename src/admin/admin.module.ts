import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { CacheModule } from '../cache/index.js';
import { IdentityModule } from '../identity/index.js';
import { RevocationsModule } from '../identity/revocations/index.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { ServicesModule } from '../services/index.js';
import { AccountRights } from './account-rights.js';
import { AdminAccountsController } from './accounts.controller.js';
import { AdminController } from './admin.controller.js';
import { AdminService } from './admin.service.js';
import { AuditController } from './audit.controller.js';
import { CacheController } from './cache.controller.js';
import { CacheService } from './cache.service.js';
import { KeysController } from './keys.controller.js';
import { KeysService } from './keys.service.js';
import { AdminSessionsController } from './sessions.controller.js';
import { LogController } from './log.controller.js';
import { LogService } from './log.service.js';
import { RevocationsController } from './revocations.controller.js';

/** `admin`: services, targets, circuit breakers, the cache, the log level and reload, by hand. */
@Module({ imports: [AuditModule, CacheModule, IdentityModule, RateLimitModule, RevocationsModule, ServicesModule], controllers: [AdminAccountsController, AdminController, AuditController, AdminSessionsController, CacheController, KeysController, LogController, RevocationsController], providers: [AccountRights, AdminService, CacheService, KeysService, LogService] })
export class AdminModule {}
