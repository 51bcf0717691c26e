import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FakeClock } from '#libs/testing';
import { LateQuotas } from './late-quotas.js';

const take = { key: 'a', limit: { use: 'quota' as const, count: 1, ends: 1e15 }, cost: 1, binding: true };

it('makes its file with the first quota, and none after it was closed', () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'passerelle-quotas-')), 'data');
  const quotas = new LateQuotas(folder, new FakeClock());
  quotas.give([take]);
  expect(existsSync(folder)).toBe(false);
  expect([quotas.take([take]), quotas.take([take])].flat().map(({ allowed }) => allowed)).toEqual([true, false]);
  quotas.give([take]);
  expect(quotas.take([take])[0]?.allowed).toBe(true);
  quotas.close();
  quotas.close();
  expect(() => quotas.take([take])).toThrow('The quotas are closed');
  rmSync(path.dirname(folder), { recursive: true });
});
