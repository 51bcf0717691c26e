import { Module } from '@nestjs/common';
import { DatabaseDirectoryModule } from '../database/database.module.js';
import { AuditDirectory } from './audit-directory.js';

/** Who did what, where the file asks for it. */
@Module({ imports: [DatabaseDirectoryModule], providers: [AuditDirectory], exports: [AuditDirectory] })
export class AuditModule {}
