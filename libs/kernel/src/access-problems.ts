import { defineProblem } from './problem.js';

/** Who is calling, and may they? By status. */
export const accessProblems = {
  loginRequired: defineProblem({
    code: 'login-required', status: 302, title: 'Sign in first',
    help: 'A browser opened a page without a session and is sent to the login (`redirect: on` of the `oidc` authenticator). Programs get 401 instead.',
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
  revocationsAway: defineProblem({
    code: 'revocations-away', status: 503, title: 'It cannot be known what is revoked',
    help: 'What was revoked is kept in a store that cannot be asked: a revocation cannot be written down now, or nothing could be read since the gateway started and the file says to refuse then (`revocation.away: deny`). Repeat the request after `Retry-After`; bring Redis or the database back.',
  }),
  issuerAway: defineProblem({
    code: 'issuer-away', status: 503, title: 'The issuer of the credential cannot be asked',
    help: 'The credential may be good, but its issuer cannot be asked for its keys or its opinion, and nothing is known from earlier. Repeat the request after `Retry-After`; the log says what is wrong with the issuer. A client must not throw its token away for this.',
  }),
} as const;
