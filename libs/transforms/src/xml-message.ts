import type { HeaderList } from '#libs/kernel';

/** `application/xml`, `text/xml` and every `+xml` type (RFC 7303 4.2), pages (`+xml` too) and pictures aside. */
const XML_TYPE = /^\s*(?:application|text)\/(?!xhtml\+)(?:[\w!#$&^.+-]+\+)?xml\s*(?:;|$)/i;

/** Whether a header announces XML that is data. */
export function isXml(headers: HeaderList): boolean {
  return XML_TYPE.test(headers.get('content-type') ?? '');
}
