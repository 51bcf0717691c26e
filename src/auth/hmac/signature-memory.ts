import { Injectable } from '@nestjs/common';

/** What of a signature decides whether it may be accepted. */
interface Use {
  /** Second it was signed for. */
  readonly second: number;
  /** Oldest second that is still accepted. */
  readonly oldest: number;
  /** Signatures to remember. */
  readonly max: number;
}

/**
 * Remembers the signatures of one client, so that each is accepted once. What was signed too long ago is refused by its
 * time and need not be remembered. Nor is there a way around the limit: when there are too many, the oldest seconds are
 * forgotten, and whatever was signed then or before is refused as a whole.
 */
export class SignatureMemory {
  /** Signatures by the second they were signed for. */
  readonly #seconds = new Map<number, Set<string>>();
  #size = 0;
  /** Nothing that was signed up to then is accepted any more. */
  #floor = Number.NEGATIVE_INFINITY;

  /** @returns whether it is the first time. */
  take(signature: string, { max, oldest, second }: Use): boolean {
    if (second <= this.#floor) return false;
    const same = this.#seconds.get(second);
    if (same?.has(signature)) return false;
    if (same) same.add(signature);
    else this.#begin(second, signature, oldest);
    this.#size++;
    while (this.#size > max) this.#forget(Math.min(...this.#seconds.keys()));
    return true;
  }

  /** Once a second there is time to look for what is over. */
  #begin(second: number, signature: string, oldest: number): void {
    for (const [each, { size }] of this.#seconds) {
      if (each >= oldest) continue;
      this.#seconds.delete(each);
      this.#size -= size;
    }
    this.#seconds.set(second, new Set([signature]));
  }

  #forget(second: number): void {
    this.#size -= this.#seconds.get(second)?.size ?? 0;
    this.#seconds.delete(second);
    this.#floor = Math.max(this.#floor, second);
  }
}

/** The memories of all clients. They live as long as the process: a reload must not make a used signature good again. */
@Injectable()
export class SignatureMemories {
  readonly #memories = new Map<string, SignatureMemory>();

  /** @param authenticator its name in the file. */
  of(authenticator: string, client: string): SignatureMemory {
    const key = JSON.stringify([authenticator, client]);
    const memory = this.#memories.get(key) ?? new SignatureMemory();
    this.#memories.set(key, memory);
    return memory;
  }
}
