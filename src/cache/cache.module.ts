import { CacheModule as CacheManagerModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { pluginKeyv } from './plugin-store.js';
import { ResponseCaches } from './response-caches.js';

@Module({ providers: [ResponseCaches], exports: [ResponseCaches] })
class StoresModule {}

/** `cache:` where answers are kept. Plugins have the CACHE_MANAGER for things of their own. */
@Module({
  imports: [
    StoresModule,
    CacheManagerModule.registerAsync({ isGlobal: true, imports: [StoresModule], inject: [ResponseCaches], useFactory: (caches: ResponseCaches) => ({ stores: pluginKeyv(caches) }) }),
  ],
  exports: [StoresModule],
})
export class CacheModule {}
