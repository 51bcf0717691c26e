import type { SkipReason } from './events.js';

/** Why a body cannot be converted; the message is for whoever sent it. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(
    message: string,
    readonly reason: SkipReason = 'malformed',
  ) {
    super(message);
  }
}
