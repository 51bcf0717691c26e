import { flatFields, responseFields, trailerFields } from './response-fields.js';

describe('responseFields', () => {
  it('writes names small, keeps order and repetition', () => {
    expect(responseFields(200, ['Set-Cookie', 'a=1', 'X-A', '', 'Set-Cookie', 'b=2'])).toEqual([':status', '200', 'set-cookie', 'a=1', 'x-a', '', 'set-cookie', 'b=2']);
  });

  it.each(['Connection', 'keep-alive', 'Proxy-Connection', 'Transfer-Encoding', 'UPGRADE', 'TE', 'HTTP2-Settings'])('leaves %s out', (name) => {
    expect(responseFields(200, [name, 'x', 'x-a', '1'])).toEqual([':status', '200', 'x-a', '1']);
  });

  it.each([
    ['X A', '1'], [':status', '500'], ['', '1'], ['x-a', 'a\r\nb'], ['x-a', 'a\0'], ['x-a', '\u20ac'],
  ])('throws at %j: %j', (name, value) => {
    expect(() => responseFields(200, [name, value])).toThrow(/valid/i);
  });
});

it('trailers that cannot be sent are left out', () => {
  expect(trailerFields([['X-Sum', '1'], ['x-sum', '2'], ['Connection', 'x'], [':path', '/'], ['x-b', 'a\r\n']])).toEqual({ 'x-sum': ['1', '2'] });
});

it('fields by name become a list', () => {
  expect(flatFields({ 'X-A': ['1', '2'], 'content-length': 3, 'x-b': undefined })).toEqual(['X-A', '1', 'X-A', '2', 'content-length', '3']);
});
