import { defineAuthenticator, Problem, problems, type Authenticator, type Exchange, type Principal, type Surroundings } from '#libs/kernel';
import { ApiKeys } from './api-keys.js';
import { readFileKeys } from './api-key/file-keys.js';
import { idIn, looksLikeKey } from './api-key/key-text.js';
import { recogniseManaged } from './api-key/managed-key.js';
import { apiKeyOptions, isManaged, type ApiKeyOptions } from './api-key/options.js';
import { KeyRefused, REASONS, type Recognised } from './api-key/recognised.js';
import { compileExtraction, compileScrub, looksLikeToken } from './jwt/extract.js';
import { TokenMemory } from './jwt/token-memory.js';
import { TokenRefused } from './jwt/token-problem.js';
import { rewriteField } from './oidc/rewrite-field.js';

/** Letters that a key may have. */
const LONGEST = 512;

/** API keys: those of the file, and those of the database. */
export const apiKey = defineAuthenticator({ name: 'api-key', schema: apiKeyOptions, create: createApiKey });

type Recognise = (text: string) => Recognised;

function createApiKey(options: ApiKeyOptions, { clock, name = '', resolve }: Surroundings): Authenticator {
  if (options.keys === 'off' && !isManaged(options)) return Object.freeze({ challenge: challengeOf(options.from), missing: problems.apiKeyMissing, off: true, authenticate: () => null });
  const keys = isManaged(options) ? resolve<ApiKeys>(ApiKeys) : null;
  const inFile = readFileKeys(options, name);
  const memory = new TokenMemory<Recognised>(options.remember.max);
  const find = compileFinding(options);
  const recognise = compileRecognition(keys, inFile, name);
  const challenge = challengeOf(options.from);
  const scrub = compileCleaning(options, (text) => memory.get(text) !== undefined || looksLikeKey(text) || (text.length <= LONGEST && inFile(text) !== null));

  const admit = (exchange: Exchange, text: string): Principal => {
    let known = memory.get(text);
    if (known === undefined) {
      known = recognise(text);
      memory.set(text, known);
    }
    const principal = known.principal(clock.now());
    if (known.held !== null && !known.held.noted) keys?.note(known.held);
    if (known.limits !== null) exchange.ownLimits = known.limits;
    return principal;
  };
  return Object.freeze({
    challenge,
    missing: problems.apiKeyMissing,
    authenticate(exchange: Exchange) {
      try {
        const text = find(exchange);
        return text === null ? null : admit(exchange, text);
      } catch (error) {
        throw problemOf(error, challenge);
      }
    },
    ...(scrub && { scrub }),
  });
}

/** The text of a key, where there is one. A JSON Web Token in the same place is somebody else’s. */
function compileFinding({ from }: ApiKeyOptions): (exchange: Exchange) => string | null {
  const extract = compileExtraction(from);
  return (exchange) => {
    const text = extract(exchange);
    return text === null || looksLikeToken(text) ? null : text;
  };
}

/** Tells a key that is seen for the first time, or again after it was forgotten. */
function compileRecognition(keys: ApiKeys | null, inFile: (text: string) => Recognised | null, authenticator: string): Recognise {
  return (text) => {
    if (text.length > LONGEST) throw new KeyRefused('malformed');
    const id = keys === null ? null : idIn(text);
    if (keys !== null && id !== null) return recogniseManaged(text, id, { authenticator, keys });
    const found = inFile(text);
    if (found === null) throw new KeyRefused(looksLikeKey(text) && keys !== null ? 'malformed' : 'unknown');
    return found;
  };
}

/** Keys leave the query on every route, and header fields of their own too, unless services are to see them. */
function compileCleaning({ forward, from }: ApiKeyOptions, isKey: (text: string) => boolean): ((exchange: Exchange) => void) | null {
  const cut = compileScrub(from, isKey);
  const names = forward ? [] : from.flatMap((place) => ('header' in place && place.scheme === undefined && place.header.toLowerCase() !== 'authorization' ? [place.header.toLowerCase()] : []));
  if (names.length === 0) return cut;
  return (exchange) => {
    cut?.(exchange);
    for (const name of names) {
      const value = exchange.headers[name];
      if (value !== undefined && isKey(String(value))) rewriteField(exchange, name, null);
    }
  };
}

/** No standard names a scheme for keys (RFC 9110 11.1 asks for one); it tells where a key belongs. */
function challengeOf([first]: ApiKeyOptions['from']): string {
  if (first === undefined) return 'ApiKey';
  if ('header' in first) {
    const scheme = first.scheme ?? (first.header.toLowerCase() === 'authorization' ? 'Bearer' : undefined);
    return scheme ?? `ApiKey header="${first.header}"`;
  }
  const [[kind, name] = ['', '']] = Object.entries(first);
  return `ApiKey ${kind}="${String(name).replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function problemOf(error: unknown, challenge: string): unknown {
  const reason = error instanceof KeyRefused ? error.reason : error instanceof TokenRefused ? 'ambiguous' : null;
  if (reason === null) return error;
  return new Problem(problems.invalidApiKey, REASONS[reason], { headers: { 'WWW-Authenticate': challenge }, members: { reason } });
}
