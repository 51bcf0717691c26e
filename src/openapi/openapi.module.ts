import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { GatewayDocument } from './gateway-document.js';
import { OpenApiController } from './openapi.controller.js';

/** `docs` and `openapi`: the gateway's own endpoints, described. */
@Module({
  controllers: [DocsController, OpenApiController],
  providers: [GatewayDocument],
  exports: [GatewayDocument],
})
export class OpenApiModule {}
