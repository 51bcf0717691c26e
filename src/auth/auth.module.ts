import { Module } from '@nestjs/common';
import { AuthGuard } from './auth.guard.js';

/** Authentication and authorisation of exchanges; passport strategies are made per authenticator of the file. */
@Module({ providers: [AuthGuard], exports: [AuthGuard] })
export class AuthModule {}
