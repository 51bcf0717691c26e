import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { events, Secret, type MessageDue, type MessageFailed } from '#libs/kernel';
import { until } from '#libs/testing';
import { mailSchema } from '../../config/schema/identity-mail.js';
import { Mailer } from './mailer.js';

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server that keeps what it gets. */
class Post implements AsyncDisposable {
  readonly mails: Mail[] = [];
  refuse: { readonly code: number; times: number } = { code: 0, times: 0 };
  readonly #server: SMTPServer;

  constructor(options: SMTPServerOptions = {}) {
    this.#server = new SMTPServer({
      authOptional: true, disabledCommands: ['STARTTLS'], ...options,
      onData: (stream, { envelope }, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => { text += chunk.toString(); }).on('end', () => {
          if (this.refuse.times-- > 0) return done(Object.assign(new Error('not now'), { responseCode: this.refuse.code }));
          this.mails.push({ to: envelope.rcptTo.map(({ address }) => address), text });
          done();
        });
      },
    });
  }

  async open(): Promise<string> {
    const server = this.#server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

const message = (more: Partial<MessageDue> = {}): MessageDue => ({
  kind: 'reset', account: { id: 'a-1', login: 'ada', email: 'ada@example.org', name: 'Ada' }, token: new Secret('TOKEN'), link: new Secret('https://app.example.org/reset?t=TOKEN'), expiresAt: 0, ...more,
});

describe('Mailer', () => {
  const failures: MessageFailed[] = [];
  let end: () => void;
  beforeEach(() => {
    failures.length = 0;
    end = events.messageFailed.subscribe((failure) => failures.push(failure));
  });
  afterEach(() => end());

  it('sends what the file says, to one receiver only', async () => {
    await using post = new Post({ authOptional: false, allowInsecureAuth: true, onAuth: ({ password, username }, _, done) => (username === 'me' && password === 's@cret' ? done(null, { user: 'me' }) : done(new Error('no'))) });
    const config = mailSchema.parse({ smtp: `smtp://me:s%40cret@${await post.open()}`, from: 'Passerelle <no-reply@example.org>', templates: { reset: { subject: 'For {name}', text: '{link} {token} {login} {email} {expires}' } } });
    const mailer = new Mailer(config);
    mailer.send(message({ account: { id: 'a-1', login: 'ada', email: 'ada@example.org', name: 'Ada\r\nBcc: eve@example.org' } }));
    await until(() => post.mails.length > 0);
    const [mail] = post.mails;
    expect(mail?.to).toEqual(['ada@example.org']);
    expect(mail?.text).toMatch(/^Subject: For Ada Bcc: eve@example\.org$/m);
    expect(mail?.text).not.toMatch(/^Bcc/m);
    expect(mail?.text.replaceAll(/=\r\n/g, '').replaceAll('=3D', '=')).toContain('https://app.example.org/reset?t=TOKEN TOKEN ada ada@example.org 1970-01-01T00:00:00.000Z');
    mailer.dispose();
  });

  it.each<[string, number, number, readonly boolean[], number]>([
    ['for a while', 451, 2, [true, true], 1],
    ['for good', 550, 1, [false], 0],
    ['longer than it is tried', 451, 9, [true, true, false], 0],
  ])('tries again when it is refused %s', async (_, code, times, again, sent) => {
    await using post = new Post();
    post.refuse = { code, times };
    const mailer = new Mailer(mailSchema.parse({ smtp: `smtp://${await post.open()}`, from: 'a@example.org' }), [10, 10]);
    mailer.send(message());
    await until(() => failures.length === again.length && post.mails.length === sent);
    expect(failures.map((failure) => failure.again)).toEqual(again);
    expect(post.mails).toHaveLength(sent);
    expect(JSON.stringify(failures)).not.toContain('TOKEN');
    mailer.dispose();
  });

  it('takes many at once, and gives up those that wait when it is ended', async () => {
    await using post = new Post();
    const mailer = new Mailer(mailSchema.parse({ smtp: `smtp://${await post.open()}`, from: 'a@example.org' }));
    for (let i = 0; i < 20; i++) mailer.send(message());
    await until(() => post.mails.length === 20);
    expect(post.mails).toHaveLength(20);
    mailer.dispose();
    const away = new Mailer(mailSchema.parse({ smtp: 'smtp://127.0.0.1:1', from: 'a@example.org' }), [60_000]);
    away.send(message());
    await until(() => failures.length === 1);
    expect(failures).toMatchObject([{ kind: 'reset', account: 'a-1', again: true }]);
    away.dispose();
  });

  it('has nothing to send to an account without an address', () => {
    new Mailer(mailSchema.parse({ smtp: 'smtp://127.0.0.1:1', from: 'a@example.org' })).send(message({ account: { id: 'a-1', login: 'ada', email: null, name: null } }));
    expect(failures).toEqual([{ kind: 'reset', account: 'a-1', why: 'the account has no address', again: false }]);
  });
});

it.each<[object, string]>([
  [{ smtp: 'http://example.org' }, 'expected smtp://'],
  [{ smtp: 'smtp://' }, 'expected smtp://'],
])('%j is refused', (config, expected) => {
  const read = mailSchema.safeParse({ from: 'a@example.org', ...config });
  expect(read.error?.issues[0]?.message).toContain(expected);
});

it('does not know every placeholder', () => {
  expect(() => new Mailer(mailSchema.parse({ smtp: 'smtp://h', from: 'a@example.org', templates: { verify: { text: '{password}' } } }))).toThrow('unknown placeholder');
});
