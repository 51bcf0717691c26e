import type { Chosen } from '#libs/kernel';
import type { OpenApiVersion } from './dialect.js';
import type { SecuritySchemeObject } from './openapi-types.js';

/** Where a credential stands in a request, as options of authenticators say it. */
interface Place {
  readonly header?: unknown;
  readonly scheme?: string;
  readonly query?: unknown;
  readonly cookie?: unknown;
}

/** The file's authenticators as OpenAPI security schemes; those that OpenAPI has no words for are left out. */
export function securitySchemes(authenticate: Readonly<Record<string, Chosen>>, version: OpenApiVersion = '3.1.0'): Record<string, SecuritySchemeObject> {
  return Object.fromEntries(Object.entries(authenticate).flatMap(([name, chosen]) => {
    const scheme = schemeOf(chosen);
    // OpenAPI 3.0 has no certificates.
    return scheme === null || (version === '3.0.3' && scheme.type === ('mutualTLS' as 'http')) ? [] : [[name, scheme]];
  }));
}

function schemeOf(chosen: Chosen): SecuritySchemeObject | null {
  switch (chosen.use) {
    case 'identity':
    case 'jwt': return placed(chosen, { header: 'Authorization' }, 'JWT');
    case 'introspection': return placed(chosen, { header: 'Authorization' });
    case 'api-key': return placed(chosen, { header: 'X-API-Key' });
    case 'basic': return { type: 'http', scheme: 'basic' };
    // OpenAPI 3.1; its types are those of 3.0.
    case 'certificate': return { type: 'mutualTLS' as 'http', description: 'A certificate of the client.' };
    case 'hmac': return signature(chosen['headers'] as SignatureHeaders | undefined);
    case 'oidc': return { type: 'openIdConnect', openIdConnectUrl: `${String(chosen['issuer']).replace(/\/$/, '')}/.well-known/openid-configuration`, description: 'A session, by login in a browser.' };
    default: return null;
  }
}

/** The first place that is looked at; a word in front of the credential is a scheme of HTTP. */
function placed({ from }: Chosen, otherwise: Place, bearerFormat?: string): SecuritySchemeObject {
  const { cookie, header, query, scheme } = (Array.isArray(from) ? (from as Place[])[0] : undefined) ?? otherwise;
  if (typeof query === 'string') return { type: 'apiKey', in: 'query', name: query };
  if (typeof cookie === 'string') return { type: 'apiKey', in: 'cookie', name: cookie };
  const name = typeof header === 'string' ? header : 'Authorization';
  if (name.toLowerCase() !== 'authorization') return { type: 'apiKey', in: 'header', name };
  const word = (scheme ?? 'Bearer').toLowerCase();
  return { type: 'http', scheme: word, ...(bearerFormat !== undefined && { bearerFormat }) };
}

interface SignatureHeaders {
  readonly client?: string;
  readonly timestamp?: string;
  readonly signature?: string;
}

/** OpenAPI knows one header for one scheme: the one that proves something. */
function signature({ client = 'X-Client-Id', signature: name = 'X-Signature', timestamp = 'X-Timestamp' }: SignatureHeaders = {}): SecuritySchemeObject {
  return { type: 'apiKey', in: 'header', name, description: `HMAC-SHA256 in base64 of the request; ${client} says who signs, and ${timestamp} when.` };
}
