import { Module } from '@nestjs/common';
import { KeyDirectory } from './key-directory.js';

/** API keys of the database; authenticators ask for them by `ApiKeys`. */
@Module({ providers: [KeyDirectory], exports: [KeyDirectory] })
export class KeysModule {}
