import { HeaderList } from '#libs/kernel';
import { describeBody, isJson, isUtf8 } from './json-message.js';

it.each([
  ['application/json', true], ['Application/JSON; charset=utf-8', true], ['application/problem+json', true], ['text/json', true],
  ['application/vnd.api+json;v=1', true], ['application/jsonl', false], ['application/x-ndjson', false], ['text/event-stream', false],
  ['text/plain', false], ['multipart/form-data; boundary=application/json', false], ['', false],
])('"%s" is JSON: %s', (type, expected) => {
  expect(isJson(new HeaderList(type === '' ? [] : ['Content-Type', type]))).toBe(expected);
});

it.each([
  ['application/json', true], ['application/json; charset=UTF-8', true], ['application/json;charset="utf8"', true],
  ['application/json; charset=utf-16', false], ['application/json; a=b; charset=iso-8859-1', false],
])('"%s" is UTF-8: %s', (type, expected) => {
  expect(isUtf8(new HeaderList(['content-type', type]))).toBe(expected);
});

it('takes away what described the old bytes', () => {
  const headers = new HeaderList(['ETag', '"1"', 'Content-Length', '9', 'Content-Encoding', 'gzip', 'Digest', 'x', 'X-A', '1']);
  describeBody(headers, 5);
  expect(headers.flat).toEqual(['Content-Length', '5', 'X-A', '1']);
  describeBody(headers, null);
  expect(headers.flat).toEqual(['X-A', '1']);
});
