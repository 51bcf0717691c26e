import { Module } from '@nestjs/common';
import { ServiceDirectory } from './service-directory.js';

/** Services, their targets and the connections to them. */
@Module({ providers: [ServiceDirectory], exports: [ServiceDirectory] })
export class ServicesModule {}
