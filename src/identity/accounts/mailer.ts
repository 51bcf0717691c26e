import type { Transporter } from 'nodemailer';
import { events, type MessageDue } from '#libs/kernel';
import { compileText } from '#libs/transforms';
import type { IdentityConfig } from '../../config/index.js';

type MailConfig = NonNullable<IdentityConfig['mail']>;
type Write = (message: MessageDue) => string;

/** Milliseconds until the next try, try by try; then it is given up. */
const DELAYS: readonly number[] = [5_000, 30_000, 120_000, 600_000];
/** Milliseconds a mail server may be silent. */
const PATIENCE = 15_000;
const AT_ONCE = 4;
const MOST_WAITING = 1_000;

/** Sends messages by SMTP, in the background. What is not sent when the process ends is lost: one asks for another. */
export class Mailer {
  readonly #letters: Readonly<Record<MessageDue['kind'], { readonly subject: Write; readonly text: Write }>>;
  readonly #waiting: (readonly [MessageDue, number])[] = [];
  readonly #later = new Set<NodeJS.Timeout>();
  #transport: Promise<Transporter> | null = null;
  #sending = 0;
  #ended = false;

  /**
   * @param delays milliseconds until each further try.
   * @throws TemplateError when a template has a placeholder that means nothing.
   */
  constructor(private readonly config: MailConfig, private readonly delays: readonly number[] = DELAYS) {
    const { existing, reset, verify } = config.templates;
    this.#letters = { existing: compile(existing), reset: compile(reset), verify: compile(verify) };
  }

  send(message: MessageDue): void {
    if (message.account.email === null) return fail(message, 'the account has no address', false);
    if (this.#waiting.length + this.#later.size >= MOST_WAITING) return fail(message, 'too many mails wait to be sent', false);
    this.#waiting.push([message, 0]);
    this.#next();
  }

  /** Nothing is tried again from now on. */
  dispose(): void {
    this.#ended = true;
    for (const timer of this.#later) clearTimeout(timer);
    this.#later.clear();
    this.#waiting.length = 0;
    void this.#transport?.then((transport) => transport.close(), () => undefined);
  }

  #next(): void {
    const next = this.#sending < AT_ONCE ? this.#waiting.shift() : undefined;
    if (next === undefined) return;
    this.#sending++;
    void this.#deliver(...next).finally(() => {
      this.#sending--;
      this.#next();
    });
  }

  async #deliver(message: MessageDue, tries: number): Promise<void> {
    const { subject, text } = this.#letters[message.kind];
    try {
      this.#transport ??= open(this.config.smtp.reveal());
      const transport = await this.#transport;
      // An object, not text: nobody's name or address can add receivers to it.
      await transport.sendMail({ from: this.config.from, to: { name: '', address: message.account.email ?? '' }, subject: oneLine(subject(message)), text: text(message) });
    } catch (error) {
      this.#failed(message, tries, error as Error & { readonly responseCode?: number });
    }
  }

  #failed(message: MessageDue, tries: number, { message: why, responseCode = 0 }: Error & { readonly responseCode?: number }): void {
    // RFC 5321 4.2.1: what is answered with 5 will not become better.
    const delay = responseCode >= 500 ? undefined : this.delays[tries];
    const again = delay !== undefined && !this.#ended;
    fail(message, why, again);
    if (!again) return;
    const timer = setTimeout(() => {
      this.#later.delete(timer);
      this.#waiting.push([message, tries + 1]);
      this.#next();
    }, delay).unref();
    this.#later.add(timer);
  }
}

async function open(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const limits = { connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE, disableFileAccess: true, disableUrlAccess: true };
  return createTransport({ url, ...limits });
}

const PLACEHOLDERS: Readonly<Record<string, Write>> = {
  link: ({ link, token }) => (link ?? token)?.reveal() ?? '',
  token: ({ token }) => token?.reveal() ?? '',
  name: ({ account }) => account.name ?? '',
  login: ({ account }) => account.login,
  email: ({ account }) => account.email ?? '',
  expires: ({ expiresAt }) => (expiresAt === null ? '' : new Date(expiresAt).toISOString()),
};

function compile({ subject, text }: { readonly subject: string; readonly text: string }): { readonly subject: Write; readonly text: Write } {
  const write = (template: string): Write => compileText(template, (name) => (Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name] : undefined), Object.keys(PLACEHOLDERS));
  return { subject: write(subject), text: write(text) };
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
}

function fail({ account, kind }: MessageDue, why: string, again: boolean): void {
  events.messageFailed.publish({ kind, account: account.id, why, again });
}
