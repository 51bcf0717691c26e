import { problems } from '#libs/kernel';
import { exchangeWith, problemOf } from '../auth.fixture.js';
import { ip } from './ip.js';

const guardOf = (options: unknown) => ip.create(ip.schema.parse(options), {} as never);

describe('ip', () => {
  it.each<[string, unknown, string, boolean]>([
    ['no list', {}, '192.0.2.1', true],
    ['an address that is allowed', { allow: '192.0.2.1' }, '192.0.2.1', true],
    ['another one', { allow: '192.0.2.1' }, '192.0.2.2', false],
    ['a network', { allow: ['10.0.0.0/8', '2001:db8::/32'] }, '10.255.0.1', true],
    ['a network of IPv6', { allow: ['10.0.0.0/8', '2001:db8::/32'] }, '2001:db8:1::1', true],
    ['another network of IPv6', { allow: ['10.0.0.0/8', '2001:db8::/32'] }, '2001:db9::1', false],
    ['a word for networks', { allow: 'loopback, private' }, '::1', true],
    ['denied', { deny: 'private' }, '172.16.3.4', false],
    ['not denied', { deny: 'private' }, '172.32.3.4', true],
    ['denied though allowed', { allow: '10.0.0.0/8', deny: '10.1.0.0/16' }, '10.1.2.3', false],
    ['no address, with a list of who may', { allow: '0.0.0.0/0' }, '', false],
    ['no address, with a list of who may not', { deny: '0.0.0.0/0' }, '', true],
    ['an empty list from the environment', { allow: '', deny: '' }, '192.0.2.1', true],
  ])('%s', async (_case, options, client, admitted) => {
    const guard = guardOf(options);
    const exchange = Object.assign(exchangeWith(), { client });
    if (admitted) expect(guard.admit(exchange)).toBeUndefined();
    else expect((await problemOf(() => guard.admit(exchange))).type).toBe(problems.addressRefused);
  });

  it('is asked before anybody is asked who they are', () => expect(guardOf({}).early).toBe(true));

  it.each(['10.0.0.0/33', '10.0.0', 'localhost', '10.0.0.0/8/8', '::1/129'])('refuses %s at load', (network) => {
    expect(ip.schema.safeParse({ allow: network }).success).toBe(false);
  });
});
