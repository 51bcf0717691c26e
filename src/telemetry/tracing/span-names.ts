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

/** What an authority names. */
export function placeOf(authority: string, scheme: string): { readonly address: string; readonly port: number } {
  const [, address = authority, port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  return { address, port: port === undefined || port === '' ? (scheme === 'https' ? 443 : 80) : Number(port) };
}
