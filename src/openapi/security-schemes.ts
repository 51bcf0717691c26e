import type { Chosen } from '#libs/kernel';
import type { SecuritySchemeObject } from './openapi-types.js';

/** Where a credential stands in a request, as options of authenticators say it. */
interface Place {
  readonly header?: unknown;
  readonly scheme?: string;
  readonly query?: unknown;
  readonly cookie?: unknown;
}

/** The file's authenticators as OpenAPI security schemes; those that OpenAPI has no words for are left out. */
export function securitySchemes(authenticate: Readonly<Record<string, Chosen>>): Record<string, SecuritySchemeObject> {
  return Object.fromEntries(Object.entries(authenticate).flatMap(([name, chosen]) => {
    const scheme = schemeOf(chosen);
    return scheme ? [[name, scheme]] : [];
  }));
}

function schemeOf(chosen: Chosen): SecuritySchemeObject | null {
  switch (chosen.use) {
    case 'identity':
    case 'jwt': return tokenScheme(Array.isArray(chosen['from']) ? (chosen['from'] as Place[])[0] : undefined);
    case 'api-key': return { type: 'apiKey', in: 'header', name: typeof chosen['header'] === 'string' ? chosen['header'] : 'X-API-Key' };
    case 'basic': return { type: 'http', scheme: 'basic' };
    default: return null;
  }
}

function tokenScheme(place: Place | undefined): SecuritySchemeObject {
  const { header = 'Authorization', query, cookie } = place ?? {};
  if (typeof query === 'string') return { type: 'apiKey', in: 'query', name: query };
  if (typeof cookie === 'string') return { type: 'apiKey', in: 'cookie', name: cookie };
  const name = String(header);
  const scheme = String(place?.scheme ?? 'Bearer').toLowerCase();
  return name.toLowerCase() === 'authorization' ? { type: 'http', scheme, bearerFormat: 'JWT' } : { type: 'apiKey', in: 'header', name };
}
