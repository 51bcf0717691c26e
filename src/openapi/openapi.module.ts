import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { GatewayDocument } from './gateway-document.js';
import { OpenApiController } from './openapi.controller.js';

/** `docs` and `openapi`: the gateway's own endpoints, described. */
@Module({
  imports: [RateLimitModule],
  controllers: [DocsController, OpenApiController],
  providers: [GatewayDocument],
  exports: [GatewayDocument],
})
export class OpenApiModule {}
