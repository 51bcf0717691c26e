import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { RateLimitModule } from '../rate-limit/index.js';
import { GatewayDocument } from './gateway-document.js';
import { OpenApiController } from './openapi.controller.js';
import { RedocController } from './redoc.controller.js';

/** `openapi`, `docs` and `redoc`: what the gateway answers, described. */
@Module({
  imports: [RateLimitModule],
  controllers: [DocsController, OpenApiController, RedocController],
  providers: [CurrentEndpoint, GatewayDocument],
  exports: [GatewayDocument],
})
export class OpenApiModule {}
