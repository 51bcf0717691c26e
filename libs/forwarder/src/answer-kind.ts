import type { IncomingHttpHeaders } from 'node:http';

/** Whether the body is what is left when the chunks are taken off (RFC 9112 7): only then may it go on without its coding. */
export function isPlain(fields: IncomingHttpHeaders): boolean {
  const coding = fields['transfer-encoding'];
  return coding === undefined || coding.toLowerCase() === 'chunked';
}

const ENDLESS = /^(?:text\/event-stream|multipart\/x-mixed-replace)\b/i;

/** Streams that are meant to last: no total time, and silence is their nature. */
export function isEndless(contentType: string | undefined): boolean {
  return contentType !== undefined && ENDLESS.test(contentType);
}
