import type { Exchange, Outgoing } from '#libs/kernel';
import { parseExact } from './exact-json.js';
import { isJson, isUtf8 } from './json-message.js';
import { readRequest } from './read-request.js';

/**
 * Reads the JSON body of a request; the body stays in `exchange.outgoing` as it was.
 * @param max Bytes allowed, packed and unpacked.
 * @returns `null` when there is no body, or none of a JSON type.
 * @throws Problem as `readRequest` does.
 */
export async function readJson(exchange: Exchange, max: number): Promise<{ readonly value: unknown; readonly outgoing: Outgoing } | null> {
  const read = await readRequest(exchange, { format: 'JSON', max, takes: isJson, readable: isUtf8 }, parseExact);
  return read && { value: read.value, outgoing: exchange.outgoing as Outgoing };
}
