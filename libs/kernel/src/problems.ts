import { defineProblem } from './problem.js';

/** The catalogue. Status numbers of errors are written here and nowhere else. */
export const problems = {
  loginRequired: defineProblem({
    code: 'login-required', status: 302, title: 'Sign in first',
    help: 'A browser opened a page without a session and is sent to the login (`redirect: on` of the `oidc` authenticator). Programs get 401 instead.',
  }),
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
    help: 'This route looks into the body (a transform or a validation asks for it) and it is not valid JSON. Correct the body or its Content-Type.',
  }),
  loginFailed: defineProblem({
    code: 'login-failed', status: 400, title: 'The login did not succeed',
    help: 'What came back from the issuer does not belong to a login of this browser, is used up or too old, or the issuer refused it; `reason` says which. Begin again. A browser that refuses cookies, and a callback under another host than the login, end here too.',
  }),
  unauthenticated: defineProblem({
    code: 'unauthenticated', status: 401, title: 'Authentication is required',
    help: 'No credential was found. Send one of those the WWW-Authenticate header names.',
  }),
  unacceptedScheme: defineProblem({
    code: 'unaccepted-scheme', status: 401, title: 'Credentials of this kind are not accepted',
    help: 'There is an Authorization header, but none of the schemes that the WWW-Authenticate header names stands in it. Often the word `Bearer` before the token is missing.',
  }),
  invalidCredential: defineProblem({
    code: 'invalid-credential', status: 401, title: 'The credential is not valid',
    help: 'The credential was found but its form, signature, issuer or audience is not accepted. Obtain a new one.',
  }),
  wrongTokenType: defineProblem({
    code: 'wrong-token-type', status: 401, title: 'The token is of another type',
    help: 'The token is not meant to call with: it is a refresh token, an ID token or one for services. Send the access token.',
  }),
  expiredCredential: defineProblem({
    code: 'expired-credential', status: 401, title: 'The credential has expired',
    help: 'Refresh the token and repeat the request.',
  }),
  revokedCredential: defineProblem({
    code: 'revoked-credential', status: 401, title: 'The credential has been revoked',
    help: 'The credential is good, but it was called back before its time: by signing out, or by an administrator. Sign in again.',
  }),
  apiKeyMissing: defineProblem({
    code: 'api-key-missing', status: 401, title: 'An API key is needed',
    help: 'The route asks for an API key (`use: api-key`), and there is none where the authenticator looks for it (`from`). `WWW-Authenticate` names the place.',
  }),
  invalidApiKey: defineProblem({
    code: 'invalid-api-key', status: 401, title: 'The API key is not good',
    help: 'An API key was found and is not good. `reason` tells why: `malformed` (a letter is wrong or missing), `unknown` (there is no such key), `revoked`, `expired`, or `ambiguous` (two different keys, or one field twice). Ask for another one.',
  }),
  signatureMissing: defineProblem({
    code: 'signature-missing', status: 401, title: 'The request is not signed',
    help: 'The route asks for a signature (`use: hmac`), and one of its headers is missing. Send the client’s id, the time and the signature.',
  }),
  signatureExpired: defineProblem({
    code: 'signature-expired', status: 401, title: 'The signature is not of now',
    help: 'The time that was signed is further from that of the gateway than `tolerance`, or the signature was used before and is good once. Sign anew; set the clock.',
  }),
  forbidden: defineProblem({
    code: 'forbidden', status: 403, title: 'Not allowed',
    help: 'The caller is known but lacks the role, permission or scope this route asks for, or what it names belongs to somebody else. `required` tells what is asked.',
  }),
  addressRefused: defineProblem({
    code: 'address-refused', status: 403, title: 'Not from this address',
    help: 'The address of the client is on a list of the route (`guards: [{ use: ip }]`) that refuses it. Behind a proxy, `forwarded.trust` has to name the proxy, or its address is taken for the client’s.',
  }),
  signingKeyUnknown: defineProblem({
    code: 'signing-key-unknown', status: 403, title: 'Nobody here signs with this id',
    help: 'The request is signed in the name of a client that `clients` of the authenticator (`use: hmac`) does not have.',
  }),
  signatureInvalid: defineProblem({
    code: 'signature-invalid', status: 403, title: 'The signature is wrong',
    help: 'The signature does not fit the request. Compare the text that is signed (docs/authorisation.md): method, path, hash of the body, time, headers.',
  }),
  crossSite: defineProblem({
    code: 'cross-site', status: 403, title: 'Another site may not do this',
    help: 'A request that changes something came with a cookie of ours, but not from a page of this site (`Sec-Fetch-Site`, `Origin`). Send it from a page of the same origin, or name the other one in `origins` of the `oidc` authenticator, or of `identity.refresh.cookie` where a refresh token came as a cookie.',
  }),
  accountInactive: defineProblem({
    code: 'account-inactive', status: 403, title: 'The account is closed',
    help: 'The password is right, but an administrator has closed the account. Only they can open it again.',
  }),
  accountUnverified: defineProblem({
    code: 'account-unverified', status: 403, title: 'The address is not verified',
    help: 'The password is right, but nobody has proved yet that the e-mail address of the account is theirs (`identity.register.verify: required`). Follow the link of the mail, or ask for another one (`verify/request`).',
  }),
  registrationClosed: defineProblem({
    code: 'registration-closed', status: 403, title: 'Nobody can register here',
    help: 'Accounts are made by an administrator only (`identity.register.open: off`).',
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
    help: 'A controller of a plugin answered that what was asked for does not exist.',
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
  unknownAccount: defineProblem({
    code: 'unknown-account', status: 404, title: 'No such account',
    help: 'There is no account of that id.',
  }),
  unknownKey: defineProblem({
    code: 'unknown-key', status: 404, title: 'No such key',
    help: 'There is no API key of that id, or it ended more than 30 days ago.',
  }),
  unknownSession: defineProblem({
    code: 'unknown-session', status: 404, title: 'No such session',
    help: 'There is no session of that id, it is over, or it belongs to somebody else.',
  }),
  methodNotAllowed: defineProblem({
    code: 'method-not-allowed', status: 405, title: 'Method not allowed',
    help: 'A route matches the path but not the method. The Allow header lists the methods that exist.',
  }),
  accountExists: defineProblem({
    code: 'account-exists', status: 409, title: 'There is such an account already',
    help: 'The e-mail address or the name is taken. Sign in, or ask for a new password. `identity.register.existing: silent` keeps that a secret.',
  }),
  requestTimeout: defineProblem({
    code: 'request-timeout', status: 408, title: 'The request took too long to arrive',
    help: 'The client sent its header or body too slowly. Raise `server.timeout` if such clients are expected.',
  }),
  bodyTooLarge: defineProblem({
    code: 'body-too-large', status: 413, title: 'The body is too large',
    help: 'The body is over the limit of this route (`body.limit`).',
  }),
  uriTooLong: defineProblem({
    code: 'uri-too-long', status: 414, title: 'The URL is too long',
    help: 'The request target is over `server.limits.url`.',
  }),
  unsupportedMediaType: defineProblem({
    code: 'unsupported-media-type', status: 415, title: 'The content type is not accepted',
    help: 'The route accepts only the content types of `body.types`.',
  }),
  unprocessable: defineProblem({
    code: 'unprocessable', status: 422, title: 'The request was understood but is not valid',
    help: 'A field has a value that is not allowed; the details name it.',
  }),
  spentToken: defineProblem({
    code: 'spent-token', status: 422, title: 'The token is not good any more',
    help: 'The token of a mail is unknown, too old, was used already, or a newer one was asked for: only the newest counts, and only once. Ask for another mail.',
  }),
  accountLocked: defineProblem({
    code: 'account-locked', status: 429, title: 'Too many wrong passwords',
    help: 'Too many wrong passwords in a row were tried for this login (`identity.lockout`), whether there is such an account or not. Wait for `Retry-After`; until then not even the right password is looked at. A new password by mail ends it at once.',
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
  passwordsBusy: defineProblem({
    code: 'passwords-busy', status: 503, title: 'Too many passwords are to be checked',
    help: 'Checking a password costs much on purpose; so many at once have to wait for each other (`identity.password.hash`), and the line is full. Repeat the request after `Retry-After`.',
  }),
  databaseAway: defineProblem({
    code: 'database-away', status: 503, title: 'The database cannot be asked now',
    help: 'What was asked for needs the database, and it is not there, or takes longer than `database.timeout`. What does not need it goes on. Repeat the request after `Retry-After`; the log tells why it is away.',
  }),
  revocationsAway: defineProblem({
    code: 'revocations-away', status: 503, title: 'It cannot be known what is revoked',
    help: 'What was revoked is kept in a store that cannot be asked: a revocation cannot be written down now, or nothing could be read since the gateway started and the file says to refuse then (`revocation.away: deny`). Repeat the request after `Retry-After`; bring Redis or the database back.',
  }),
  issuerAway: defineProblem({
    code: 'issuer-away', status: 503, title: 'The issuer of the credential cannot be asked',
    help: 'The credential may be good, but its issuer cannot be asked for its keys or its opinion, and nothing is known from earlier. Repeat the request after `Retry-After`; the log says what is wrong with the issuer. A client must not throw its token away for this.',
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
} as const;
