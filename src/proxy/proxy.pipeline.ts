import { compression } from './interceptors/compression.js';
import { balance } from './interceptors/balance.js';
import { breaker } from './interceptors/breaker.js';
import { contextHeaders } from './interceptors/context-headers.js';
import { extensions } from './interceptors/extensions.js';
import { passive } from './interceptors/passive.js';
import { followRedirects } from './interceptors/redirects.js';
import { retry } from './interceptors/retry.js';
import { totalTimeout } from './interceptors/total-timeout.js';
import { transforms } from './interceptors/transforms.js';
import type { Compile } from './compile.js';

/**
 * Steps 6 and 7 of a request's way: what wraps the forwarding, outermost first. Each line is compiled per route when a
 * snapshot is loaded; what has nothing to do on a route is not in its list.
 */
export const pipeline: readonly Compile[] = [
  // once per request
  totalTimeout,
  compression,
  contextHeaders,
  extensions,
  transforms,
  followRedirects,
  breaker,
  retry,
  // per try
  passive,
  balance,
];
