import { Problem, problems } from '#libs/kernel';
import type { LiveService } from './live-service.js';
import type { Services } from './service-directory.js';

/** @throws Problem unknown-service, which lists those there are. */
export function serviceNamed(name: string, services: Services): LiveService {
  const service = services.get(name);
  if (service) return service;
  const names = [...services.keys()];
  throw new Problem(problems.unknownService, `There is no service "${name}"; there are: ${names.join(', ')}.`, { members: { service: name, services: names } });
}
