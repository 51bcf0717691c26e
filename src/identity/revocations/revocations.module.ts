import { Module } from '@nestjs/common';
import { systemClock } from '#libs/kernel';
import { Revocations } from '../../auth/revocations.js';
import { Fleet } from '../../cluster/index.js';
import { KeptRevocations } from './kept-revocations.js';

/** What is revoked; authenticators ask for it by `Revocations`. */
@Module({
  providers: [
    { provide: KeptRevocations, useFactory: (fleet: Fleet) => new KeptRevocations(fleet, systemClock), inject: [Fleet] },
    { provide: Revocations, useExisting: KeptRevocations },
  ],
  exports: [KeptRevocations, Revocations],
})
export class RevocationsModule {}
