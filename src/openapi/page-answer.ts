import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems } from '#libs/kernel';
import { exchangeOf } from '../http/exchange-of.js';
import { sendAsset, type Asset } from './asset.js';
import { DOCUMENT } from './page.js';

/** A page that shows the document, and what lies below its path. */
export interface Site {
  /** Its content security policy. */
  readonly policy: string;
  /** @param path as the client asked for it. */
  readonly page: (path: string) => string;
  /** The document as JSON. */
  readonly document: () => string;
  /** `null` for a file it does not have. */
  readonly file: (name: string) => Asset | null | Promise<Asset | null>;
}

/** @throws Problem route-not-found by rejection, for a file that the page does not have. */
export async function answerPage(request: FastifyRequest, reply: FastifyReply, site: Site): Promise<string | Buffer | undefined> {
  const { params, path } = exchangeOf(request.raw);
  const rest = (params['rest'] ?? '').replace(/^\//, '');
  void reply.header('content-security-policy', site.policy);
  if (rest === '') {
    void reply.header('content-type', 'text/html; charset=utf-8').header('cache-control', 'no-cache');
    return site.page(path);
  }
  if (rest === DOCUMENT) {
    void reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-cache');
    return site.document();
  }
  const file = await site.file(rest);
  if (!file) throw new Problem(problems.routeNotFound, 'The documentation has no such file.');
  return sendAsset(file, request, reply);
}
