import { invalidated, invalidatedGroups } from './invalidate.js';

const TARGET = 'https://api.example.com/a/b?c=d#e';
const BARE = 'https://api.example.com/a/b?c=d';

function forgotten(method: string, status: number, headers: readonly string[] = []): readonly string[] {
  return invalidated({ method }, { status, headers }, () => new URL(TARGET));
}

describe('invalidation (RFC 9111 4.4)', () => {
  it.each([
    ['POST', 200, true], ['PUT', 204, true], ['DELETE', 301, true], ['PATCH', 303, true], ['M-FOO', 200, true], ['post', 200, true],
    ['POST', 400, false], ['POST', 500, false], ['POST', 103, false],
    ['GET', 200, false], ['HEAD', 200, false], ['OPTIONS', 200, false], ['TRACE', 200, false], ['QUERY', 200, false], ['PROPFIND', 207, false],
  ])('%s answered with %i: %s', (method, status, expected) => {
    expect(forgotten(method, status)).toEqual(expected ? [BARE] : []);
  });

  it.each<[string[], string[]]>([
    [['Location', '/x#y'], ['https://api.example.com/x']],
    [['Location', 'x'], ['https://api.example.com/a/x']],
    [['location', 'https://API.example.com:443/x'], ['https://api.example.com/x']],
    [['Location', '../../x/./y'], ['https://api.example.com/x/y']],
    [['Content-Location', '?z'], ['https://api.example.com/a/b?z']],
    [['Location', '/x', 'Content-Location', '/y', 'content-location', '/x'], ['https://api.example.com/x', 'https://api.example.com/y']],
    [['Location', TARGET], []],
    [['Location', ''], []],
    // Of another origin.
    [['Location', 'http://api.example.com/x'], []],
    [['Location', 'https://api.example.com:8443/x'], []],
    [['Location', '//other.example.com/x'], []],
    [['Content-Location', 'https://other.example.com/x'], []],
    [['Location', 'https://'], []],
    [['Location', 'mailto:a@b'], []],
  ])('%j: the target and %j', (headers, more) => {
    expect(forgotten('POST', 201, headers)).toEqual([BARE, ...more]);
  });

  it('does not ask for the URI where nothing is forgotten', () => {
    const never = (): URL => {
      throw new Error('not to be asked');
    };
    expect(invalidated({ method: 'GET' }, { status: 200, headers: [] }, never)).toEqual([]);
  });

  it.each([['POST', '"a", "b"', ['a', 'b']], ['GET', '"a"', []], ['POST', 'a', []]])('%s, Cache-Group-Invalidation: %s forgets %j (RFC 9875 3)', (method, value, expected) => {
    expect(invalidatedGroups({ method }, { status: 200, headers: ['Cache-Group-Invalidation', value] })).toEqual(expected);
  });
});
