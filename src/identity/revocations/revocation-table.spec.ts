import type { Revocable, Revocation } from '../../auth/revocations.js';
import { RevocationTable } from './revocation-table.js';

const NOW = 1_800_000_000_000;
const credential: Revocable = { token: 't1', session: 's1', owner: 'account:1', issuedAt: NOW };
const token = (subject: string, more: Partial<Revocation> = {}): Revocation => ({ kind: 'token', subject, before: 0, expiresAt: NOW + 60_000, ...more });
const owner = (subject: string, before: number): Revocation => ({ kind: 'owner', subject, before, expiresAt: NOW + 60_000 });

it.each<[string, Revocation, boolean]>([
  ['the token', token('t1'), true],
  ['another token', token('t2'), false],
  ['the session', { ...token('s1'), kind: 'session' }, true],
  ['a token called like the session', token('s1'), false],
  ['the owner, afterwards', owner('account:1', NOW + 1), true],
  ['the owner, at the same moment', owner('account:1', NOW), false],
  ['another owner', owner('users:1', NOW + 1), false],
  ['what is over', token('t1', { expiresAt: NOW }), false],
])('covers, or not: %s', (_what, revocation, covered) => {
  const table = new RevocationTable(10);
  expect(table.covers(credential)).toBe(false);
  table.add(revocation, NOW);
  expect(table.covers(credential)).toBe(covered);
});

it('covers a credential of no known age by its owner', () => {
  const table = new RevocationTable(10);
  table.add(owner('account:1', NOW), NOW);
  expect(table.covers({ token: null, session: null, owner: 'account:1', issuedAt: 0 })).toBe(true);
});

it('goes by the later of two, whichever comes first', () => {
  for (const order of [[NOW + 5, NOW + 1], [NOW + 1, NOW + 5]]) {
    const table = new RevocationTable(10);
    for (const before of order) table.add({ ...owner('account:1', before), expiresAt: before + 100 }, NOW);
    expect(table.list(NOW)).toEqual([{ kind: 'owner', subject: 'account:1', before: NOW + 5, expiresAt: NOW + 105 }]);
  }
});

it('drops what has ended, and not what was put off', () => {
  const table = new RevocationTable(10);
  table.add(token('t1'), NOW);
  table.add(token('t2'), NOW);
  table.add(token('t2', { expiresAt: NOW + 600_000 }), NOW);
  table.sweep(NOW + 60_000 + 59_999);
  expect(table.list(NOW).map(({ subject }) => subject)).toEqual(['t2']);
  table.sweep(NOW + 600_000 + 60_000);
  expect(table.size).toBe(0);
});

describe('beyond its bound', () => {
  const full = (): RevocationTable => {
    const table = new RevocationTable(3);
    for (const subject of ['a', 'b', 'c']) table.add(token(subject), NOW);
    return table;
  };

  it('what has an owner becomes all that the owner has', () => {
    const table = full();
    const fitted = table.fitted(token('t1', { owner: 'account:1' }), NOW + 7);
    expect(fitted).toEqual({ kind: 'owner', subject: 'account:1', before: NOW + 7, expiresAt: NOW + 60_000 });
    table.add(fitted as Revocation, NOW);
    expect(table.covers(credential)).toBe(true);
    expect(table.size).toBe(4);
  });

  it('what is nobody’s is refused; what is there already is not', () => {
    expect(full().fitted(token('t1'), NOW)).toBeNull();
    expect(full().fitted(token('a', { expiresAt: NOW + 99_000 }), NOW)).toMatchObject({ subject: 'a' });
  });

  it('never holds more than twice as much', () => {
    const table = full();
    for (let i = 0; i < 100; i++) {
      const fitted = table.fitted(token(`t${i}`, { owner: `account:${i}` }), NOW);
      if (fitted !== null) table.add(fitted, NOW);
    }
    expect(table.size).toBe(6);
  });

  it('makes room of what has ended first', () => {
    expect(full().fitted(token('t1'), NOW + 180_000)).toMatchObject({ kind: 'token', subject: 't1' });
  });
});
