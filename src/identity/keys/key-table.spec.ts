import type { KeyRow } from './api-key.js';
import { KeyTable } from './key-table.js';

const row = (more: Partial<KeyRow> = {}): KeyRow => ({
  id: 'a', prefix: 'pk_a', hash: 'h', former_hash: null, former_until: null, version: 1, name: 'A', owner: null, roles: '["robot"]', permissions: '[]', scopes: '[]', limits: null,
  created_at: 1, created_by: null, expires_at: null, revoked_at: null, last_used_at: null, ...more,
});

it('goes by the latest state, in whatever order they come', () => {
  for (const order of [[1, 2, 3], [3, 1, 2], [3, 3, 2]]) {
    const table = new KeyTable();
    for (const version of order) table.take(row({ version, revoked_at: version === 3 ? 5 : null }));
    expect(table.find('a')).toMatchObject({ version: 3, revoked: true });
  }
});

it('changes what others hold', () => {
  const table = new KeyTable();
  table.take(row());
  const held = table.find('a');
  table.take(row({ version: 2, roles: '["clerk"]', limits: '[{"rate":"1/s"}]', expires_at: 9, former_hash: 'f', former_until: 8 }));
  expect(held).toMatchObject({ roles: ['clerk'], limits: [{ rate: '1/s' }], expiresAt: 9, formerHash: 'f', formerUntil: 8, revoked: false });
  table.keep(new Set());
  expect([held?.revoked, table.size]).toEqual([true, 0]);
});

it('keeps lists once', () => {
  const table = new KeyTable();
  for (const id of ['a', 'b']) table.take(row({ id }));
  expect(table.find('a')?.roles).toBe(table.find('b')?.roles);
});

it('drops what ended long ago', () => {
  const table = new KeyTable();
  for (const [id, more] of Object.entries({ good: {}, expired: { expires_at: 5 }, revoked: { revoked_at: 5 }, later: { expires_at: 50 } })) table.take(row({ id, ...more }));
  table.sweep(10);
  expect(['good', 'expired', 'revoked', 'later'].filter((id) => table.find(id) !== undefined)).toEqual(['good', 'later']);
});

it('does not take what makes no sense', () => {
  expect(() => new KeyTable().take(row({ roles: 'x' }))).toThrow();
});
