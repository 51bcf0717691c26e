import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { ConfigStore } from '../config/index.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { asset } from './asset.js';
import { GatewayDocument } from './gateway-document.js';
import { INITIALIZER } from './page.js';
import { answerPage } from './page-answer.js';
import { redocAsset } from './redoc-asset.js';
import { REDOC_INITIALIZER_SCRIPT, REDOC_POLICY, REDOC_SCRIPT, redocPage } from './redoc-page.js';

/** ReDoc over the gateway's own document, without a byte from elsewhere. */
@ApiExcludeController()
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class RedocController {
  readonly #initializer = asset('text/javascript; charset=utf-8', Buffer.from(REDOC_INITIALIZER_SCRIPT));

  constructor(
    private readonly store: ConfigStore,
    private readonly document: GatewayDocument,
  ) {}

  @Get('redoc')
  redoc(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string | Buffer | undefined> {
    return answerPage(request, reply, {
      policy: REDOC_POLICY,
      page: (path) => redocPage(this.store.current.config.info.title, path),
      document: () => this.document.current.json,
      file: (name) => (name === INITIALIZER ? this.#initializer : name === REDOC_SCRIPT ? redocAsset() : null),
    });
  }
}
