/** Methods that attributes name as they are (HTTP semantic conventions); clients may invent others without end. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY']);

/** Stands for all other methods. */
export const OTHER = '_OTHER';

export function methodOf(sent: string): string {
  return METHODS.has(sent) ? sent : OTHER;
}

/** The name of a span: few different ones, so never with a path in it. */
export function nameOf(method: string, template?: string): string {
  const first = method === OTHER ? 'HTTP' : method;
  return template === undefined ? first : `${first} ${template}`;
}

/** Clients send 8 KiB of path and more of headers, which would wait in memory for the collector. */
const LONGEST = 1_024;

/** What a client has sent, as far as a span shows it. */
export function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

const HIGHEST_PORT = 65_535;

/** What an authority names; `null` for a port that is none. */
export function placeOf(authority: string, scheme: string): { readonly address: string; readonly port: number | null } {
  const [, address = authority, digits] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const port = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
  return { address, port: port > HIGHEST_PORT ? null : port };
}
