import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { ConfigStore } from '../config/index.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { asset } from './asset.js';
import { DOCS_POLICY, docsPage, INITIALIZER_SCRIPT } from './docs-page.js';
import { GatewayDocument } from './gateway-document.js';
import { INITIALIZER } from './page.js';
import { answerPage } from './page-answer.js';
import { swaggerAsset } from './swagger-assets.js';

/** Swagger UI over the gateway's own document, without a byte from elsewhere. */
@ApiExcludeController()
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class DocsController {
  readonly #initializer = asset('text/javascript; charset=utf-8', Buffer.from(INITIALIZER_SCRIPT));

  constructor(
    private readonly store: ConfigStore,
    private readonly document: GatewayDocument,
  ) {}

  @Get('docs')
  docs(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string | Buffer | undefined> {
    return answerPage(request, reply, {
      policy: DOCS_POLICY,
      page: (path) => docsPage(this.store.current.config.info.title, path),
      document: () => this.document.current.json,
      file: (name) => (name === INITIALIZER ? this.#initializer : swaggerAsset(name)),
    });
  }
}
