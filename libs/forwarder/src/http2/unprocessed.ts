/**
 * The service said that it did nothing with the request (RFC 9113 8.7: REFUSED_STREAM, or a GOAWAY that leaves it out), or
 * it never left: whatever its method, it may be sent again.
 */
export class Unprocessed extends Error {
  override readonly name = 'Unprocessed';
}
