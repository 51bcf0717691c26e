import assert from 'node:assert/strict';
import test from 'node:test';
import { Exchange, Problem, type Surroundings } from 'passerelle/kernel';
import { badge, writeBadge } from '../dist/index.js';

const SECRET = 'a secret of the campus';
const ada = { id: 'ada', role: 'dean', campus: 'north' };
const authenticator = badge.create(badge.schema.parse({ secret: SECRET }), { name: 'badges' } as Surroundings);
const showing = (headers: Record<string, string>) => new Exchange({ method: 'GET', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });

test('a badge says who it is', async () => {
  const principal = await authenticator.authenticate(showing({ 'x-badge': writeBadge(ada, SECRET) }));
  assert.deepEqual([principal?.id, principal?.roles, principal?.claims, principal?.authenticator], ['ada', ['dean'], { campus: 'north' }, 'badges']);
});

test('no badge is left to others', async () => {
  assert.equal(await authenticator.authenticate(showing({})), null);
});

test('a badge of another secret, or changed, is refused', () => {
  const forged = [writeBadge(ada, 'another secret'), writeBadge(ada, SECRET).replace(/^./, 'X'), 'no badge at all', ''];
  for (const sent of forged) assert.throws(() => authenticator.authenticate(showing({ 'x-badge': sent })), Problem);
});
