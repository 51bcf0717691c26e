/** Consul cannot be asked, refuses, or says something that makes no sense; the message is for people. */
export class ConsulError extends Error {
  override readonly name = 'ConsulError';
}

/** The first line of what Consul says of an error, short and printable; empty for a page of HTML. */
export function detailOf(text: string): string {
  const [line = ''] = text.trim().split('\n', 1);
  return line.startsWith('<') ? '' : line.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 160);
}
