import { HeaderList } from './header-list.js';

describe('HeaderList', () => {
  const list = (): HeaderList => new HeaderList(['Set-Cookie', 'a=1', 'X-A', '1', 'set-cookie', 'b=2']);

  it('finds names in any case', () => {
    expect(list().get('SET-COOKIE')).toBe('a=1');
    expect(list().all('Set-cookie')).toEqual(['a=1', 'b=2']);
    expect(list().get('x-b')).toBeUndefined();
  });

  it('set replaces every field of the name and keeps the first one’s place', () => {
    const headers = list();
    headers.set('set-cookie', 'c=3');
    expect(headers.flat).toEqual(['Set-Cookie', 'c=3', 'X-A', '1']);
  });

  it('set adds what was not there', () => {
    const headers = list();
    headers.set('X-B', '2');
    expect(headers.flat.slice(-2)).toEqual(['X-B', '2']);
  });

  it('remove takes every field of the name', () => {
    const headers = list();
    headers.remove('SET-COOKIE');
    expect(headers.flat).toEqual(['X-A', '1']);
  });

  it('append keeps repeated fields apart', () => {
    const headers = new HeaderList();
    headers.append('Via', '1.1 a');
    headers.append('Via', '1.1 b');
    expect(headers.flat).toEqual(['Via', '1.1 a', 'Via', '1.1 b']);
  });
});
