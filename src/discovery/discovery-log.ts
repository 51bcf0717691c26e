import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '../telemetry/index.js';

/** Tells what a registry said that cannot be used. */
@Injectable()
export class DiscoveryLog {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  refused(service: string, errors: readonly string[]): void {
    if (errors.length > 0) this.logger.warn({ service, errors }, 'addresses that the registry gave are left out');
  }
}
