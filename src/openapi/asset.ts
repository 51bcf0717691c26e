import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A file of a page. */
export interface Asset {
  readonly contentType: string;
  readonly etag: string;
  readonly content: Buffer;
}

/** Such files change with the gateway's version only; a browser still asks whether they did. */
const REVALIDATE = 'public, max-age=3600, must-revalidate';
const NOT_MODIFIED = 304;

export function asset(contentType: string, content: Buffer): Asset {
  return { contentType, content, etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"` };
}

/** RFC 9110 13.1.2: what the client already has is not sent again. */
export function sendAsset({ content, contentType, etag }: Asset, request: FastifyRequest, reply: FastifyReply): Buffer | undefined {
  void reply.header('cache-control', REVALIDATE).header('etag', etag);
  if (request.headers['if-none-match']?.includes(etag)) {
    void reply.status(NOT_MODIFIED);
    return undefined;
  }
  void reply.header('content-type', contentType);
  return content;
}
