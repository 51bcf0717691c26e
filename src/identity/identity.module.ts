import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { Credentials } from './credentials.js';
import { IdentityDirectory } from './identity-directory.js';
import { IdentityService } from './identity.service.js';
import { JwksController } from './jwks.controller.js';
import { KeysModule } from './keys/keys.module.js';
import { RevocationsModule } from './revocations/index.js';
import { SessionsController } from './sessions.controller.js';

/** Accounts, sessions and tokens of the gateway's own, where the file asks for them; what is revoked, in any case. */
@Module({
  imports: [KeysModule, RevocationsModule],
  controllers: [AccountsController, JwksController, SessionsController],
  providers: [Credentials, IdentityDirectory, IdentityService],
  exports: [Credentials, IdentityDirectory, IdentityService, KeysModule, RevocationsModule],
})
export class IdentityModule {}
