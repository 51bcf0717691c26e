import { accessProblems } from './access-problems.js';
import { accountProblems } from './account-problems.js';
import { defineProblem } from './problem.js';

/** The catalogue. Status numbers of errors are written here and in the files beside it, and nowhere else. */
export const problems = {
  malformedRequest: defineProblem({
    code: 'malformed-request', status: 400, title: 'The request is malformed',
    help: 'The bytes received are not a valid HTTP request, or its target is ambiguous. Correct the client; it is not worth retrying.',
  }),
  unsafePath: defineProblem({
    code: 'unsafe-path', status: 400, title: 'The path is not safe to route',
    help: 'The path hides a separator, a dot segment or a control character behind percent-encoding, so a service could read another path than the one that was checked. Send the plain form.',
  }),
  invalidBody: defineProblem({
    code: 'invalid-body', status: 400, title: 'The body cannot be read',
    help: 'This route looks into the body (a transform or a validation asks for it) and it is not valid JSON, XML or CSV, as its type says. Correct the body or its Content-Type.',
  }),
  upgradeRefused: defineProblem({
    // RFC 9110 15.5.4: understood, but not to be had here. 426 would ask for an upgrade, 501 would say that there are none.
    code: 'upgrade-refused', status: 403, title: 'This cannot become a WebSocket',
    help: 'The route does not let WebSockets through (`websocket: off`). Send an ordinary request, or allow them on the route.',
  }),
  routeNotFound: defineProblem({
    code: 'route-not-found', status: 404, title: 'No route matches',
    help: 'No route of the configuration matches. `passerelle explain METHOD URL` tells why each one lost.',
  }),
  notFound: defineProblem({
    code: 'not-found', status: 404, title: 'There is no such thing',
    help: 'A controller of a plugin, or a GraphQL service that the route asks, answered that what was asked for does not exist.',
  }),
  unknownService: defineProblem({
    code: 'unknown-service', status: 404, title: 'No such service',
    help: 'The health of a service was asked for by a name the configuration does not have. The answer lists the names there are.',
  }),
  unknownTarget: defineProblem({
    code: 'unknown-target', status: 404, title: 'No such target',
    help: 'An admin call named a target that the service does not have now. The answer lists those there are.',
  }),
  unknownBreaker: defineProblem({
    code: 'unknown-breaker', status: 404, title: 'No such circuit breaker',
    help: 'An admin call named a circuit breaker that neither the service nor a route of it has. The answer lists the routes that have one of their own.',
  }),
  methodNotAllowed: defineProblem({
    code: 'method-not-allowed', status: 405, title: 'Method not allowed',
    help: 'There is something at this path, but not by this method. The Allow header lists the methods that exist.',
  }),
  requestTimeout: defineProblem({
    code: 'request-timeout', status: 408, title: 'The request took too long to arrive',
    help: 'The client sent its header or body too slowly. Raise `server.timeout` if such clients are expected.',
  }),
  gone: defineProblem({
    code: 'gone', status: 410, title: 'This is not offered any more',
    help: 'The version of the API, or the route, has ended: its `sunset` is over and the file says `after: gone`. `Link` names what takes its place.',
  }),
  bodyTooLarge: defineProblem({
    code: 'body-too-large', status: 413, title: 'The body is too large',
    help: 'The body is over the limit of this route (`body.limit`), or a file or a value of a form is (`body.multipart`); `errors` then names the field.',
  }),
  uriTooLong: defineProblem({
    code: 'uri-too-long', status: 414, title: 'The URL is too long',
    help: 'The request target is over `server.limits.url`.',
  }),
  unsupportedMediaType: defineProblem({
    code: 'unsupported-media-type', status: 415, title: 'The content type is not accepted',
    help: 'The route accepts only the content types of `body.types`, and in a form only files of those of `body.multipart`; `errors` then names the field.',
  }),
  unprocessable: defineProblem({
    code: 'unprocessable', status: 422, title: 'The request was understood but is not valid',
    help: 'A field has a value that is not allowed; the details name it.',
  }),
  tooManyRequests: defineProblem({
    code: 'too-many-requests', status: 429, title: 'Too many requests',
    help: 'The caller has used up a limit of the route (`limit`); the answer names it. Repeat the request after `Retry-After`. `RateLimit` and `RateLimit-Policy` tell beforehand how much is left.',
  }),
  headersTooLarge: defineProblem({
    code: 'headers-too-large', status: 431, title: 'The header fields are too large',
    help: 'The request header is over `server.limits.headers`, or has more fields than `server.limits.headerCount`.',
  }),
  clientClosed: defineProblem({
    code: 'client-closed-request', status: 499, title: 'The client went away',
    help: 'The client closed its connection before the answer was complete, or took nothing of it for `timeout.write`. Only logs and metrics show it.',
  }),
  internal: defineProblem({
    code: 'internal-error', status: 500, title: 'The gateway failed',
    help: 'A fault of the gateway itself. The log line with this request id holds the stack; please report it.',
  }),
  targetUnreachable: defineProblem({
    code: 'target-unreachable', status: 502, title: 'The service cannot be reached',
    help: 'The connection to the target was refused, reset or never made. Check the address and that the service runs.',
    proxyStatus: 'connection_refused',
  }),
  badTargetResponse: defineProblem({
    code: 'bad-target-response', status: 502, title: 'The service gave an invalid response',
    help: 'The target closed the connection before its response was complete, or what it sent is not HTTP.',
    proxyStatus: 'http_protocol_error',
  }),
  callFailed: defineProblem({
    code: 'call-failed', status: 502, title: 'A service did not give its part',
    help: 'The route puts its answer together from several calls (`aggregate`), and one of them was answered with an error status, without the JSON that was asked for, or with more of it than `max`.',
  }),
  graphqlFailed: defineProblem({
    code: 'graphql-failed', status: 502, title: 'The GraphQL service answered with errors',
    help: 'The route asks a GraphQL service (`rest-to-graphql`), which answered with errors, or without the data that was asked for; `errors` tells which. Compare `query` and `variables` of the transform with the schema of the service.',
  }),
  protocolMismatch: defineProblem({
    code: 'protocol-mismatch', status: 502, title: 'The service does not speak this protocol',
    help: 'The service is asked in a version of HTTP that it does not speak, or a WebSocket was asked of a service that is spoken to in HTTP/2 without TLS, where it has no place. Correct `protocol` of the service.',
    proxyStatus: 'http_protocol_error',
  }),
  targetForbidden: defineProblem({
    code: 'target-forbidden', status: 502, title: 'The service’s address is not allowed',
    help: 'The name of the target leads to an address outside `networks` of the service, such as that of a cloud’s metadata. The log names it. If it is really meant, name its network there.',
    proxyStatus: 'destination_ip_prohibited',
  }),
  noTarget: defineProblem({
    code: 'no-target', status: 503, title: 'The service has no target',
    help: 'The service has no target that may take requests now.',
    proxyStatus: 'destination_unavailable',
  }),
  circuitOpen: defineProblem({
    code: 'circuit-open', status: 503, title: 'The service is failing and gets a rest',
    help: 'Too many requests to the service failed or were slow, so for `breaker.open` none is sent there. Repeat the request after `Retry-After`; mend the service.',
    proxyStatus: 'destination_unavailable',
  }),
  overloaded: defineProblem({
    code: 'overloaded', status: 503, title: 'The service has all the requests it can take',
    help: 'The service has as many requests at once as its `concurrency` allows for the `priority` of the route. Repeat the request after `Retry-After`; give the service more targets or a higher limit if it has power to spare.',
    proxyStatus: 'connection_limit_reached',
  }),
  limiterAway: defineProblem({
    code: 'limiter-away', status: 503, title: 'Requests cannot be counted now',
    help: 'The limit of this route is counted in a store that cannot be reached, and the file says to refuse then (`away: deny`). Repeat the request after `Retry-After`; bring Redis back.',
  }),
  draining: defineProblem({
    code: 'draining', status: 503, title: 'The gateway is shutting down',
    help: 'This instance no longer takes requests. Repeat the request: another instance will take it.',
  }),
  loopDetected: defineProblem({
    code: 'loop-detected', status: 508, title: 'The request goes in circles',
    help: 'The request came through this gateway several times (`Via` says so): a target of the service leads back to the gateway. Correct the address of the service, or give chained gateways names of their own with `forwarded.via`.',
    proxyStatus: 'proxy_loop_detected',
  }),
  connectTimeout: defineProblem({
    code: 'connect-timeout', status: 504, title: 'Connecting to the service took too long',
    help: 'No connection within `timeout.connect`. The target is overloaded, or a firewall drops packets.',
    proxyStatus: 'connection_timeout',
  }),
  firstByteTimeout: defineProblem({
    code: 'first-byte-timeout', status: 504, title: 'The service took too long to answer',
    help: 'No response header within `timeout.firstByte` after the request was sent.',
    proxyStatus: 'http_response_timeout',
  }),
  idleTimeout: defineProblem({
    code: 'idle-timeout', status: 504, title: 'The response stalled',
    help: 'The target sent no byte of its body within `timeout.idle`.',
    proxyStatus: 'http_response_timeout',
  }),
  notCached: defineProblem({
    code: 'not-cached', status: 504, title: 'There is no stored answer',
    help: 'The client asked for a stored answer or none (`Cache-Control: only-if-cached`, RFC 9111 5.2.1.7), and there is none it may have.',
  }),
  totalTimeout: defineProblem({
    code: 'total-timeout', status: 504, title: 'The request took too long in all',
    help: 'The exchange was not complete within `timeout.total`.',
    proxyStatus: 'http_response_timeout',
  }),
  ...accessProblems,
  ...accountProblems,
} as const;
