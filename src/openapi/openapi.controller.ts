import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { CurrentEndpoint } from '../http/current-endpoint.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { documentFormat } from './document-format.js';
import { GatewayDocument } from './gateway-document.js';

@ApiTags('Gateway')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class OpenApiController {
  constructor(
    private readonly current: CurrentEndpoint,
    private readonly document: GatewayDocument,
  ) {}

  @Get('openapi')
  @ApiOperation({ summary: 'This document', description: 'JSON, or YAML where the path ends so or the Accept header asks for it.' })
  @ApiOkResponse({ description: 'OpenAPI, in the version that the file asks for.' })
  openapi(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string {
    const { endpoint, exchange: { path, query } } = this.current.of(request);
    const { key, contentType } = documentFormat({ path, query, accept: request.headers.accept }, endpoint.format);
    void reply.header('content-type', contentType).header('cache-control', 'no-cache').header('vary', 'Accept');
    return this.document.current[key];
  }
}
