import { ran } from '../io.fixture.js';

describe('log', () => {
  it.each<[string, readonly string[], string]>([
    ['another action', ['fill'], 'Allowed choices are show, level, reset'],
    ['nobody to ask', [], 'Say where the admin endpoint is'],
    ['no address', ['--admin', 'example'], 'Say where the admin endpoint is'],
    ['no level', ['level', '--admin', 'http://127.0.0.1:1'], 'Say which level'],
    ['a level where none belongs', ['reset', 'debug', '--admin', 'http://127.0.0.1:1'], '"debug" goes with a level'],
    ['a time where none belongs', ['show', '--for', '1m', '--admin', 'http://127.0.0.1:1'], '"--for" goes with a level'],
  ])('is used wrongly: %s', async (_what, argv, message) => {
    expect(await ran(['log', ...argv])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) as string });
  });

  it('says that nobody is there', async () => {
    expect(await ran(['log', '--admin', 'http://127.0.0.1:1/admin'])).toMatchObject({ code: 1, err: expect.stringContaining('http://127.0.0.1:1 cannot be reached') as string });
  });
});
