import { nearestName } from './nearest-name.js';

describe('nearestName', () => {
  const names = ['total', 'connect', 'firstByte', 'idle', 'stream', 'user-service'];

  it.each<[string, string | undefined]>([
    ['tota', 'total'],
    ['toatl', 'total'],
    ['conect', 'connect'],
    ['first_byte', 'firstByte'],
    ['FIRSTBYTE', 'firstByte'],
    ['user_servce', 'user-service'],
    ['xyz', undefined],
    ['a', undefined],
    ['', undefined],
    ['somethingelse', undefined],
  ])('%s is near %s', (written, expected) => {
    expect(nearestName(written, names)).toBe(expected);
  });

  it('takes the nearest of several, and never what was written', () => {
    expect(nearestName('roles', ['role', 'rules', 'rolez'])).toBe('role');
    expect(nearestName('roles', ['roles'])).toBeUndefined();
  });

  it('is quick with very long text', () => {
    expect(nearestName('x'.repeat(100_000), Array.from({ length: 2_000 }, (_, index) => `route-${index}`))).toBeUndefined();
  });
});
