import { AnswerBody, type Answer, type HeaderList, type Interceptor } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { compileEncodingChoice } from './accept-encoding.js';
import { codings, type Coding } from './content-coding.js';
import { encodeBody } from './encoded-body.js';
import { compileMediaTypes, essence, type MediaTypeCheck } from './media-type.js';
import { addVary } from './vary.js';

type Setting = Exclude<RouteSettings['compression'], 'off'>;

/** Types that are endless or framed; an encoder would hold their parts back. */
const NEVER = /^(?:text\/event-stream|multipart\/.*|application\/grpc.*)$/;
/** Digests of the bytes on the wire, or of the representation with its coding: they would no longer be true. */
const DIGESTS = ['content-digest', 'repr-digest', 'digest', 'content-md5'];

/**
 * Compiles `compression`: encodes answers for the client where that helps. The client's Accept-Encoding still reaches
 * the service, and what the service encoded itself is left alone. An answer that was complete before we saw it leaves
 * with a length; others are encoded as they pass.
 * @returns `null` where it is off.
 */
export function compileCompression(setting: RouteSettings['compression']): Interceptor | null {
  if (setting === 'off' || setting.encodings.length === 0) return null;
  const choose = compileEncodingChoice(setting.encodings);
  const worthIt = compileEligibility(setting, compileMediaTypes(setting.types));
  return {
    intercept: async (exchange, next) => {
      const answer = await next(exchange);
      const head = exchange.method === 'HEAD';
      if ((answer.body === null && !head) || !worthIt(answer)) return answer;
      // Also where nothing is encoded: a cache must not give this answer to a client that would get another.
      addVary(answer.headers, 'Accept-Encoding');
      const coding = choose(exchange.headers['accept-encoding']);
      return coding === null || head ? answer : encode(answer, coding, setting.minSize);
    },
  };
}

function compileEligibility({ minSize }: Setting, listed: MediaTypeCheck): (answer: Answer) => boolean {
  return ({ status, headers }) => {
    // 206 is a part of bytes that were counted without a coding.
    if (status < 200 || status === 204 || status === 206 || status === 304) return false;
    const type = headers.get('content-type');
    if (!listed(type) || NEVER.test(essence(type as string))) return false;
    const length = headers.get('content-length');
    return (length === undefined || Number(length) >= minSize) && mayChange(headers);
  };
}

function mayChange(headers: HeaderList): boolean {
  if (headers.get('content-encoding') !== undefined || headers.get('content-range') !== undefined) return false;
  if (DIGESTS.some((name) => headers.get(name) !== undefined)) return false;
  // RFC 9111 5.2.2.6.
  return !headers.all('cache-control').some((value) => /\bno-transform\b/i.test(value));
}

async function encode(answer: Answer, coding: Coding, minSize: number): Promise<Answer> {
  const source = answer.body as AnswerBody;
  const whole = source.takeWhole();
  if (whole === null) {
    answer.body = encodeBody(source, coding);
    answer.headers.remove('content-length');
    describe(answer.headers, coding);
    return answer;
  }
  const encoded = whole.byteLength < minSize ? whole : await codings[coding].whole(whole);
  // What does not shrink leaves as it came.
  answer.body = AnswerBody.of(encoded.byteLength < whole.byteLength ? encoded : whole);
  if (encoded.byteLength >= whole.byteLength) return answer;
  answer.headers.set('Content-Length', String(encoded.byteLength));
  describe(answer.headers, coding);
  return answer;
}

function describe(headers: HeaderList, coding: Coding): void {
  headers.append('Content-Encoding', coding);
  // Ranges would count encoded bytes, which are not the same every time.
  headers.remove('accept-ranges');
  const tag = headers.get('etag');
  // RFC 9110 8.8.1: the same meaning, no longer the same bytes.
  if (tag?.startsWith('"')) headers.set('ETag', `W/${tag}`);
}
