import { AnswerBody, type Answer, type Exchange, type HeaderList } from '#libs/kernel';
import type { RouteSettings } from '../config/index.js';
import { compileEncodingChoice } from './accept-encoding.js';
import { codings, type Coding } from './content-coding.js';
import { encodeBody } from './encoded-body.js';
import { compileMediaTypes, essence, type MediaTypeCheck } from './media-type.js';
import { addVary } from './vary.js';

type Setting = Exclude<RouteSettings['compression'], 'off'>;

/** Types that are endless or framed; an encoder would hold their parts back. */
const NEVER = /^(?:text\/event-stream|multipart\/.*|application\/grpc.*)$/;
/** An answer with one of these stays as it is: it is coded or cut already, or they would no longer be true of its bytes. */
const FORBIDDING: ReadonlySet<string> = new Set(['content-encoding', 'content-range', 'content-digest', 'repr-digest', 'digest', 'content-md5']);

/** What `compression` does to the answers of a route. */
export interface Compression {
  /** Whether answers with these fields leave encoded where a client can read it; then they say so by `Vary`. */
  eligible(status: number, headers: HeaderList): boolean;
  /** Encodes an answer where that helps its client; at once where it does not. */
  encode(exchange: Exchange, answer: Answer): Answer | Promise<Answer>;
}

/**
 * Compiles `compression`: encodes answers for the client where that helps. The client's Accept-Encoding still reaches
 * the service, and what the service encoded itself is left alone. An answer that was complete before we saw it leaves
 * with a length; others are encoded as they pass.
 * @returns `null` where it is off.
 */
export function compileCompression(setting: RouteSettings['compression']): Compression | null {
  if (setting === 'off' || setting.encodings.length === 0) return null;
  const choose = compileEncodingChoice(setting.encodings);
  const eligible = compileEligibility(setting, compileMediaTypes(setting.types));
  return {
    eligible,
    encode: (exchange, answer) => {
      const head = exchange.method === 'HEAD';
      if ((answer.body === null && !head) || !eligible(answer.status, answer.headers)) return answer;
      // Also where nothing is encoded: a cache must not give this answer to a client that would get another.
      addVary(answer.headers, 'Accept-Encoding');
      const coding = choose(exchange.headers['accept-encoding']);
      return coding === null || head ? answer : encode(answer, coding, setting.minSize);
    },
  };
}

function compileEligibility({ minSize }: Setting, listed: MediaTypeCheck): Compression['eligible'] {
  return (status, { flat }) => {
    // 206 is a part of bytes that were counted without a coding.
    if (status < 200 || status === 204 || status === 206 || status === 304) return false;
    let type: string | undefined;
    for (let i = 0; i < flat.length; i += 2) {
      const [name, value] = [(flat[i] as string).toLowerCase(), flat[i + 1] as string];
      if (name === 'content-type') type = value;
      else if (name === 'content-length' && Number(value) < minSize) return false;
      // RFC 9111 5.2.2.6.
      else if (name === 'cache-control' && /\bno-transform\b/i.test(value)) return false;
      else if (FORBIDDING.has(name)) return false;
    }
    return listed(type) && !NEVER.test(essence(type as string));
  };
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
