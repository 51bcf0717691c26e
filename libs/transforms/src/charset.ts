import type { HeaderList } from '#libs/kernel';
import { Unreadable } from './unreadable.js';

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;
const DECLARED = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/;

/**
 * The text of a body: by its byte order mark, the charset of its type, what an XML declaration says (RFC 7303 3), else UTF-8.
 * @throws Unreadable for an unknown charset, or bytes that are none of it.
 */
export function textOf(bytes: Uint8Array, headers: HeaderList): string {
  const label = byMark(bytes) ?? CHARSET.exec(headers.get('content-type') ?? '')?.[1] ?? DECLARED.exec(Buffer.from(bytes.subarray(0, 200)).toString('latin1'))?.[1] ?? 'utf-8';
  const decoder = decoderFor(label);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Unreadable(`The body is not text in ${label}`);
  }
}

function byMark([first, second]: Uint8Array): string | undefined {
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : undefined;
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw new Unreadable(`The charset ${label} is not known`, 'charset');
  }
}
