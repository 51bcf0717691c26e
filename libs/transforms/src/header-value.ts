const TAB = 0x09;
const FIRST_VISIBLE = 0x20;
const LAST_ASCII = 0x7e;
const DELETE = 0x7f;

/**
 * A text as the value of a header field (RFC 9110 5.5), one character per byte as node:http and undici write it.
 * Characters beyond ASCII leave as their UTF-8 bytes: unlike percent-encoding, two different texts never become one
 * value. A text with a control character (CR, LF, NUL) gives the empty string, and the field is left out: it can
 * neither split the message nor change it silently.
 */
export function headerValue(text: string): string {
  let ascii = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < FIRST_VISIBLE && code !== TAB) || code === DELETE) return '';
    if (code > LAST_ASCII) ascii = false;
  }
  const trimmed = text.trim();
  return ascii ? trimmed : Buffer.from(trimmed).toString('latin1');
}
