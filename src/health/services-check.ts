import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import type { LiveService } from '../services/index.js';
import { ServiceHealthIndicator } from './service.health.js';
import type { ServiceReport } from './service-reports.js';

/** Checks services through terminus, all at once. */
@Injectable()
export class ServicesCheck {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: ServiceHealthIndicator,
  ) {}

  async run(services: readonly LiveService[]): Promise<ServiceReport[]> {
    const { details } = await this.health.check(services.map((service) => () => this.indicator.check(service))).catch(resultOf);
    return services.map(({ name }) => (details[name] as unknown as { report: ServiceReport }).report);
  }
}

/** Terminus throws when a service is down; here that is an answer like any other. */
function resultOf(error: unknown): HealthCheckResult {
  if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
  throw error;
}
