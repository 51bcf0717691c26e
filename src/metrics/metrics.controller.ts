import { Controller, Get, Headers, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { RateLimitGuard } from '../rate-limit/index.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { openMetrics, prometheusText } from './exposition.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { negotiate } from './negotiate.js';

@ApiTags('Metrics')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard, RateLimitGuard)
export class MetricsController {
  constructor(private readonly metrics: GatewayMetrics) {}

  @Get('metrics')
  @ApiOperation({ summary: 'What the gateway counts, for Prometheus', description: 'Of all workers together. Prometheus text, or OpenMetrics when the Accept header asks for it.' })
  @ApiProduces(prometheusText.contentType, openMetrics.contentType)
  @ApiOkResponse({ description: 'All series.', schema: { type: 'string' } })
  async scrape(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const format = negotiate(accept);
    void reply.header('content-type', format.contentType).header('cache-control', 'no-store').header('vary', 'Accept');
    return format.write(await this.metrics.families());
  }
}
