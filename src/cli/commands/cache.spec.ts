import { ran } from '../io.fixture.js';

describe('cache', () => {
  it.each<[string, readonly string[], string]>([
    ['no action', [], "missing required argument 'action'"],
    ['another action', ['fill'], 'Allowed choices are purge'],
    ['nobody to ask', ['purge', '--tag', 'a'], 'Say where the admin endpoint is'],
    ['no address', ['purge', '--tag', 'a', '--admin', 'example'], 'Say where the admin endpoint is'],
    ['nothing to purge', ['purge', '--admin', 'http://127.0.0.1:1'], 'Say what to purge'],
    ['too much at once', ['purge', '--admin', 'http://127.0.0.1:1', '--tag', 'a', '--key', 'b'], 'Say what to purge'],
  ])('is used wrongly: %s', async (_what, argv, message) => {
    expect(await ran(['cache', ...argv])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) as string });
  });

  it('says that nobody is there', async () => {
    expect(await ran(['cache', 'purge', '--admin', 'http://127.0.0.1:1/admin', '--tag', 'a'])).toMatchObject({ code: 1, err: expect.stringContaining('http://127.0.0.1:1 cannot be reached') as string });
  });

  it('is completed', async () => {
    const { out } = await ran(['completion', 'bash']);
    expect(out).toMatch(/cache\) words="purge --admin --tag --prefix --key --token --json --help"/);
  });
});
