import { Unreadable } from './unreadable.js';

/** How often what comes out may hold the bytes that go in: names that stand once in one format are repeated in another. */
const GROWTH = 16;

/** What a conversion may still write, so that no small body becomes a huge one. */
export class Room {
  #left: number;

  /** @param max bytes of a body that is converted. */
  constructor(max: number) {
    this.#left = max * GROWTH;
  }

  /** @throws Unreadable once there is none left. */
  take(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new Unreadable('What would come of the body is too large', 'too-large');
  }
}
