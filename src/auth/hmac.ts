import { createHmac, timingSafeEqual } from 'node:crypto';
import { defineAuthenticator, Problem, problems, type Authenticator, type Exchange, type Principal, type Surroundings } from '#libs/kernel';
import { holdBody } from '../http/hold-body.js';
import { RequestBody } from '../http/request-body.js';
import { readClients, type Client } from './hmac/clients.js';
import { hmacOptions, type HmacOptions } from './hmac/options.js';
import { SignatureMemories } from './hmac/signature-memory.js';
import { compileSignedText } from './hmac/signed-text.js';

const CHALLENGE = 'Signature';
/** Bytes of an HMAC-SHA256. */
const LENGTH = 32;

/** Requests signed with a shared secret (HMAC-SHA256) over method, path, body and time. */
export const hmac = defineAuthenticator({ name: 'hmac', schema: hmacOptions, create: createHmacAuthenticator });

/** Without clients nobody can sign. */
const OFF: Authenticator = Object.freeze({ challenge: CHALLENGE, missing: problems.signatureMissing, off: true, authenticate: () => null });

/** What a request says of its signature. */
interface Claim {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: Buffer;
  readonly client: Client;
}

function createHmacAuthenticator(options: HmacOptions, surroundings: Surroundings): Authenticator {
  const { clients: written } = options;
  if (written === 'off') return OFF;
  const { clock, name = '' } = surroundings;
  const read = compileReading(options);
  const isNow = ({ timestamp }: Claim): boolean => /^\d{1,12}$/.test(timestamp) && Math.abs(clock.now() - Number(timestamp) * 1000) <= options.tolerance;
  const clients = readClients(written, name);
  const textOf = compileSignedText(options);
  const isFirst = options.once ? compileOnce(options, surroundings) : () => true;
  const judge = (exchange: Exchange, claim: Claim, body: Buffer | null): Principal => {
    const text = textOf(exchange, claim.timestamp, body);
    if (!claim.client.keys.some((key) => timingSafeEqual(createHmac('sha256', key).update(text).digest(), claim.signature))) throw wrong();
    if (!isFirst(claim)) throw new Problem(problems.signatureExpired, 'This signature was used before; sign every request anew.', { headers: { 'WWW-Authenticate': CHALLENGE } });
    return claim.client.principal;
  };
  return Object.freeze({
    challenge: CHALLENGE,
    missing: problems.signatureMissing,
    authenticate(exchange: Exchange) {
      const claim = read(exchange, clients);
      if (claim === null) return null;
      if (!isNow(claim)) throw new Problem(problems.signatureExpired, `The time that was signed is more than ${options.tolerance / 1000} seconds from ours, or is none.`, { headers: { 'WWW-Authenticate': CHALLENGE } });
      // Who cannot even have signed it does not get to fill the memory.
      if (claim.signature.length !== LENGTH) throw wrong();
      if (exchange.body === null) return judge(exchange, claim, null);
      return bodyOf(exchange, options.body).then((body) => judge(exchange, claim, body));
    },
  });
}

/** Compiles the reading of the headers; `null` where none of them is there. */
function compileReading({ headers: names }: HmacOptions): (exchange: Exchange, clients: ReadonlyMap<string, Client>) => Claim | null {
  const [first, second, third] = [names.client, names.timestamp, names.signature].map((name) => name.toLowerCase()) as [string, string, string];
  return ({ headers }, clients) => {
    const [id, timestamp, signature] = [headers[first], headers[second], headers[third]];
    if (id === undefined && signature === undefined) return null;
    if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string' || id === '' || timestamp === '' || signature === '') {
      throw new Problem(problems.signatureMissing, `A signed request has ${names.client}, ${names.timestamp} and ${names.signature}.`, { headers: { 'WWW-Authenticate': CHALLENGE } });
    }
    const client = clients.get(id);
    if (client === undefined) throw new Problem(problems.signingKeyUnknown, 'There is no client of this id.');
    return { id, timestamp, signature: Buffer.from(signature, 'base64'), client };
  };
}

function wrong(): Problem {
  return new Problem(problems.signatureInvalid, 'The signature does not fit the request.');
}

function compileOnce({ remember: max, tolerance }: HmacOptions, { clock, name = '', resolve }: Surroundings): (claim: Claim) => boolean {
  const memories = resolve<SignatureMemories>(SignatureMemories);
  return ({ id, signature, timestamp }) => {
    const oldest = Math.floor((clock.now() - tolerance) / 1000);
    return memories.of(name, id).take(signature.toString('base64'), { second: Number(timestamp), oldest, max });
  };
}

/** The whole body; it stays there to be forwarded. */
async function bodyOf(exchange: Exchange, most: number): Promise<Buffer> {
  const { body } = exchange;
  // What cannot be looked at must not pass for nothing.
  if (!(body instanceof RequestBody)) throw new Error('The body of this request cannot be read twice');
  body.limit = Math.min(body.limit, exchange.route?.bodyLimit ?? most, most);
  const bytes = await holdBody(exchange, body, Number.POSITIVE_INFINITY);
  if (bytes !== null) return bytes;
  if (body.whole) return Buffer.alloc(0);
  throw new Problem(problems.clientClosed, 'The client left before its body was complete');
}
