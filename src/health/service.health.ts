import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { LiveService } from '../services/index.js';
import { ServiceReports, type ServiceReport } from './service-reports.js';

export type ServiceHealthResult = HealthIndicatorResult<string, 'up' | 'degraded' | 'down', { report: ServiceReport }>;

/** Terminus' view of a service. */
@Injectable()
export class ServiceHealthIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly reports: ServiceReports,
  ) {}

  async check(service: LiveService): Promise<ServiceHealthResult> {
    const report = await this.reports.of(service);
    const session = this.indicators.check(service.name);
    switch (report.state) {
      case 'up': return session.up({ report });
      case 'degraded': return session.degraded({ report });
      case 'down': return session.down({ report });
      default: return report.state satisfies never;
    }
  }
}
