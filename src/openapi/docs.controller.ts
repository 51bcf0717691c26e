import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems } from '#libs/kernel';
import { AuthGuard } from '../auth/auth.guard.js';
import { ConfigStore } from '../config/index.js';
import { exchangeOf } from '../http/exchange-of.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { DOCS_POLICY, docsPage, DOCUMENT, INITIALIZER, INITIALIZER_SCRIPT } from './docs-page.js';
import { GatewayDocument } from './gateway-document.js';
import { asset, swaggerAsset, type Asset } from './swagger-assets.js';

/** Files of the page change with the gateway's version only; a browser still asks whether they did. */
const REVALIDATE = 'public, max-age=3600, must-revalidate';
const NOT_MODIFIED = 304;

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
  async docs(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string | Buffer | undefined> {
    const { params, path } = exchangeOf(request.raw);
    const rest = (params['rest'] ?? '').replace(/^\//, '');
    void reply.header('content-security-policy', DOCS_POLICY);
    if (rest === '') {
      void reply.header('content-type', 'text/html; charset=utf-8').header('cache-control', 'no-cache');
      return docsPage(this.store.current.config.info.title, path);
    }
    if (rest === DOCUMENT) {
      void reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-cache');
      return this.document.current.json;
    }
    const file = rest === INITIALIZER ? this.#initializer : await swaggerAsset(rest);
    if (!file) throw new Problem(problems.routeNotFound, 'The documentation has no such file.');
    return send(file, request, reply);
  }
}

/** RFC 9110 13.1.2: what the client already has is not sent again. */
function send({ content, contentType, etag }: Asset, request: FastifyRequest, reply: FastifyReply): Buffer | undefined {
  void reply.header('cache-control', REVALIDATE).header('etag', etag);
  if (request.headers['if-none-match']?.includes(etag)) {
    void reply.status(NOT_MODIFIED);
    return undefined;
  }
  void reply.header('content-type', contentType);
  return content;
}
