import { Module } from '@nestjs/common';
import { AuthGuard } from './auth.guard.js';
import { HandlerGuard } from './handler.guard.js';
import { SignatureMemories } from './hmac/signature-memory.js';

/** Authentication and authorisation of exchanges; passport strategies are made per authenticator of the file. */
@Module({ providers: [AuthGuard, HandlerGuard, SignatureMemories], exports: [AuthGuard, HandlerGuard] })
export class AuthModule {}
