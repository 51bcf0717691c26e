import { LRUCache } from 'lru-cache';
import { events, Secret, type MessageDue } from '#libs/kernel';
import { compileText } from '#libs/transforms';
import type { IdentityConfig } from '../../config/index.js';
import type { Account } from '../contracts.js';
import { Mailer } from './mailer.js';
import type { OneTimeTokens, Purpose } from './one-time-tokens.js';

/** Work that is under way behind answers; more is dropped, for whoever floods us must not fill the memory. */
const MOST_AT_ONCE = 200;

/** Whoever tries to make an account again and again does not make us write to its owner each time. Milliseconds. */
const TOLD_ONCE_IN = 3_600_000;
const MOST_TOLD = 10_000;

type Link = (token: string) => string;

/** Tells people what only they may know: makes the tokens, and sees to it that they are sent. Nobody waits for it. */
export class Messages {
  readonly #mailer: Mailer | null;
  readonly #links: Readonly<Record<Purpose, Link | null>>;
  readonly #lifetimes: Readonly<Record<Purpose, number>>;
  readonly #underWay = new Set<Promise<void>>();
  readonly #told = new LRUCache<string, true>({ max: MOST_TOLD, ttl: TOLD_ONCE_IN });

  /** @throws TemplateError when a template has a placeholder that means nothing. */
  constructor({ mail, reset, verify }: Pick<IdentityConfig, 'mail' | 'reset' | 'verify'>, private readonly tokens: OneTimeTokens) {
    this.#mailer = mail === undefined ? null : new Mailer(mail);
    this.#links = { verify: linkOf(verify.link), reset: linkOf(reset.link) };
    this.#lifetimes = { verify: verify.lifetime, reset: reset.lifetime };
  }

  /** A token of this purpose for the account. Comes back at once, and never throws: what goes wrong is an event. */
  prove(account: Account, purpose: Purpose): void {
    this.#behind(purpose, account, async () => {
      const issued = await this.tokens.issue(account.id, purpose, this.#lifetimes[purpose]);
      if (issued === null) return;
      const { expiresAt, token } = issued;
      const link = this.#links[purpose];
      this.#send({ kind: purpose, account: person(account), token, link: link === null ? null : new Secret(link(token.reveal())), expiresAt });
    });
  }

  /** Tells the owner that somebody wanted to make the account again. */
  tellExisting(account: Account): void {
    if (this.#told.has(account.id)) return;
    this.#told.set(account.id, true);
    this.#send({ kind: 'existing', account: person(account), token: null, link: null, expiresAt: null });
  }

  /** Over once what is under way has been handed to the mail server's queue. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  dispose(): void {
    this.#mailer?.dispose();
  }

  #behind(kind: MessageDue['kind'], { id }: Account, work: () => Promise<void>): void {
    const fail = (why: string): void => events.messageFailed.publish({ kind, account: id, why, again: false });
    if (this.#underWay.size >= MOST_AT_ONCE) return fail('too many messages are under way');
    const task = work().catch((error: unknown) => fail((error as Error).message)).finally(() => this.#underWay.delete(task));
    this.#underWay.add(task);
  }

  #send(message: MessageDue): void {
    if (this.#mailer === null && !events.messageDue.heard) return events.messageFailed.publish({ kind: message.kind, account: message.account.id, why: 'nobody sends messages: the file has no `identity.mail`, and no plugin listens', again: false });
    events.messageDue.publish(message);
    this.#mailer?.send(message);
  }
}

function person({ email, id, login, name }: Account): MessageDue['account'] {
  return { id, login, email, name };
}

function linkOf(template: string | undefined): Link | null {
  return template === undefined ? null : compileText<string>(template, (name) => (name === 'token' ? (token) => token : undefined), ['token']);
}
