import { events, type AuditNotice } from '#libs/kernel';

/** More than a configuration can cause while it is made ready. */
const MOST = 1_000;

/** Hears what happens while a configuration is made ready, such as keys that are made for it, until a trail is there. */
export class Early {
  readonly #notices: AuditNotice[] = [];
  readonly #unsubscribe = events.audited.subscribe((notice) => {
    if (this.#notices.length < MOST) this.#notices.push(notice);
  });

  /** @returns what it heard; it hears nothing more. */
  end(): readonly AuditNotice[] {
    this.#unsubscribe();
    return this.#notices;
  }
}
