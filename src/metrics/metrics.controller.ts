import { Controller, Get, Headers, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { AuthGuard } from '../auth/auth.guard.js';
import { RouteGuard } from '../http/route.guard.js';
import { ENDPOINT_PREFIX } from '../http/server.js';
import { openMetrics, prometheusText } from './exposition.js';
import { gatewayFamilies } from './gateway-families.js';
import { MetricsRecorder } from './metrics-recorder.js';
import { negotiate } from './negotiate.js';
import { processFamilies } from './process-families.js';

@ApiTags('Metrics')
@Controller(ENDPOINT_PREFIX)
@UseGuards(RouteGuard, AuthGuard)
export class MetricsController {
  constructor(
    private readonly recorder: MetricsRecorder,
    private readonly registry: Registry,
  ) {}

  @Get('metrics')
  @ApiOperation({ summary: 'What the gateway counts, for Prometheus', description: 'Prometheus text, or OpenMetrics when the Accept header asks for it.' })
  @ApiProduces(prometheusText.contentType, openMetrics.contentType)
  @ApiOkResponse({ description: 'All series.', schema: { type: 'string' } })
  async metrics(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const format = negotiate(accept);
    void reply.header('content-type', format.contentType).header('cache-control', 'no-store').header('vary', 'Accept');
    return format.write([...gatewayFamilies(this.recorder), ...(await processFamilies(this.registry))]);
  }
}
