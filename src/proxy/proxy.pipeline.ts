import { aggregate } from './interceptors/aggregate.js';
import { compression } from './interceptors/compression.js';
import { balance } from './interceptors/balance.js';
import { breaker } from './interceptors/breaker.js';
import { concurrency } from './interceptors/concurrency.js';
import { cache } from './interceptors/cache.js';
import { contextHeaders } from './interceptors/context-headers.js';
import { extensions } from './interceptors/extensions.js';
import { hedge } from './interceptors/hedge.js';
import { fallback } from './interceptors/fallback.js';
import { mirror } from './interceptors/mirror.js';
import { multipart } from './interceptors/multipart.js';
import { passive } from './interceptors/passive.js';
import { followRedirects } from './interceptors/redirects.js';
import { ownHeaders } from './interceptors/own-headers.js';
import { retry } from './interceptors/retry.js';
import { split } from './interceptors/split.js';
import { totalTimeout } from './interceptors/total-timeout.js';
import { transforms } from './interceptors/transforms.js';
import type { CompileRequest, CompileService } from './compile.js';

/**
 * Step 6 of a request's way: what wraps it once, outermost first. Each line is compiled per route when a snapshot is
 * loaded; what has nothing to do on a route is not in its list.
 */
export const requestStages: readonly CompileRequest[] = [
  totalTimeout,
  compression,
  contextHeaders,
  extensions,
  ownHeaders,
  fallback,
  cache,
  transforms,
  mirror,
  multipart,
  aggregate,
  split,
];

/** Step 7: what wraps the call of a service, outermost first; compiled once for each service that a route may ask. */
export const serviceStages: readonly CompileService[] = [
  followRedirects,
  breaker,
  concurrency,
  hedge,
  retry,
  // per try
  passive,
  balance,
];

/** What is left of step 7 for a request on the side: it is sent once. */
export const asideStages: readonly CompileService[] = serviceStages.filter((stage) => stage !== followRedirects && stage !== hedge && stage !== retry);
