import { problems } from '#libs/kernel';
import { answered, sent, transformOf } from './transformed.fixture.js';
import { csvToJson } from './csv-to-json.js';

it.each<[what: string, options: Record<string, unknown>, csv: string, json: string]>([
  ['objects by the first line', {}, 'id,name\r\n1,"Ana, ""A"""\r\n2,Bo\r\n', '[{"id":"1","name":"Ana, \\"A\\""},{"id":"2","name":"Bo"}]'],
  ['values with a type', { values: 'typed' }, 'a,b,c,d\n12345678901234567890,1.50,007,\n', '[{"a":12345678901234567890,"b":1.50,"c":"007","d":null}]'],
  ['lists without names', { header: 'none' }, '1,2\n3,4', '[["1","2"],["3","4"]]'],
  ['objects by names of the file', { header: ['x', 'y'] }, '1,2\n3', '[{"x":"1","y":"2"},{"x":"3"}]'],
  ['other separators', { separator: ';' }, 'a;b\n1,5;2', '[{"a":"1,5","b":"2"}]'],
  ['lines within a value', {}, 'a\n"x\ny"\n', '[{"a":"x\\ny"}]'],
  ['what follows a byte order mark', {}, '\uFEFFa\n1', '[{"a":"1"}]'],
  ['names of JavaScript as plain keys', {}, '__proto__,b\n1,2', '[{"__proto__":"1","b":"2"}]'],
  ['nothing of nothing', {}, 'a,b\n', '[]'],
])('makes %s', async (_what, options, csv, json) => {
  const { headers, text } = await answered(transformOf(csvToJson, { on: 'response', ...options }), csv, 'text/csv');
  expect(text).toBe(json);
  expect(headers.get('content-type')).toBe('application/json');
});

it.each([
  ['a quote that is never closed', 'a\n"x', 'not valid CSV'],
  ['more values than columns', 'a\n1,2', 'Row 1 of the CSV has more values'],
  ['a column twice', 'a,a\n1,2', 'same name'],
])('refuses a request with %s', async (_what, body, detail) => {
  await expect(sent(transformOf(csvToJson, { on: 'request' }), { headers: { 'content-type': 'text/csv' }, body: [body] })).rejects.toMatchObject({ type: problems.invalidBody, detail: expect.stringContaining(detail) });
});

it('reads the characters its type names', async () => {
  expect((await answered(transformOf(csvToJson, { on: 'response' }), Buffer.from('a\né', 'latin1'), 'text/csv; charset=windows-1252')).text).toBe('[{"a":"é"}]');
});

it('leaves JSON alone', async () => {
  expect((await answered(transformOf(csvToJson, { on: 'response' }), '{}', 'application/json')).text).toBe('{}');
});
