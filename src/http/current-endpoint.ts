import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem, problems, type Exchange } from '#libs/kernel';
import { ConfigStore, type EndpointConfig, type GatewayConfig } from '../config/index.js';
import { exchangeOf } from './exchange-of.js';

/** Name of an endpoint's route, before its name in the file. */
const PREFIX = 'endpoint:';

/** A request to a built-in endpoint, and what the file says about that endpoint. */
export interface EndpointRequest {
  readonly exchange: Exchange;
  readonly config: GatewayConfig;
  readonly endpoint: EndpointConfig;
}

/** Finds the entry of `endpoints:` a request came through; one built-in may have several, each with its own shape. */
@Injectable()
export class CurrentEndpoint {
  constructor(private readonly store: ConfigStore) {}

  /** @throws Problem route-not-found when a reload took the endpoint away while the request was on its way. */
  of(request: Pick<FastifyRequest, 'raw'>): EndpointRequest {
    const exchange = exchangeOf(request.raw);
    const { config } = this.store.current;
    const endpoint = config.endpoints[exchange.route?.name.slice(PREFIX.length) ?? ''];
    if (!endpoint) throw new Problem(problems.routeNotFound, 'This endpoint is no longer there.');
    return { exchange, config, endpoint };
  }
}
