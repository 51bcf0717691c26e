import { answered, sent, transformOf } from './transformed.fixture.js';
import { jsonToCsv } from './json-to-csv.js';

it.each<[what: string, options: Record<string, unknown>, json: string, csv: string]>([
  ['a column of every key there is', {}, '[{"id":12345678901234567890,"name":"Ana, \\"A\\""},{"id":2,"note":null,"x":[1,{"a":1.0}]}]', 'id,name,note,x\r\n12345678901234567890,"Ana, ""A""",,\r\n2,,,"[1,{""a"":1.0}]"\r\n'],
  ['the columns of the file, from wherever', { rows: 'data', columns: { Name: 'user.name', Id: 'id' } }, '{"data":[{"id":1,"user":{"name":"é"}}],"total":1}', 'Name,Id\r\né,1\r\n'],
  ['columns by their paths', { columns: ['id'], header: false }, '[{"id":1,"b":2},{"b":3}]', '1\r\n\r\n'],
  ['one object, one row', {}, '{"a":1,"b":true}', 'a,b\r\n1,true\r\n'],
  ['lists as they are', { header: false }, '[[1,"a"],[2,"b"]]', '1,a\r\n2,b\r\n'],
  ['another separator', { separator: ';' }, '[{"a":"1;2"}]', 'a\r\n"1;2"\r\n'],
  ['a mark for Excel', { mark: true }, '[{"a":"é"}]', '\uFEFFa\r\né\r\n'],
  ['texts that are no formulas any more', {}, '[{"a":"=1+1","b":"@x","c":"-5","d":"-1+2","e":-3.5}]', "a,b,c,d,e\r\n\"'=1+1\",\"'@x\",-5,\"'-1+2\",-3.5\r\n"],
  ['nothing of nothing', {}, '[]', ''],
])('makes %s', async (_what, options, json, csv) => {
  const { headers, text } = await answered(transformOf(jsonToCsv, { on: 'response', ...options }), json, 'application/json');
  expect(text).toBe(csv);
  expect(headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8; header=(?:present|absent)$/);
});

it('keeps formulas where the file says so', async () => {
  expect((await answered(transformOf(jsonToCsv, { on: 'response', formulas: 'keep' }), '[{"a":"=1"}]', 'application/json')).text).toBe('a\r\n=1\r\n');
});

it('lets an answer without rows pass as it is', async () => {
  expect((await answered(transformOf(jsonToCsv, { on: 'response', rows: 'data' }), '{"a":1}', 'application/json')).text).toBe('{"a":1}');
});

it('makes CSV of requests', async () => {
  const { body, headers } = await sent(transformOf(jsonToCsv, { on: 'request' }), { method: 'POST', headers: { 'content-type': 'application/json' }, body: ['[{"a":1}]'] });
  expect([body, headers.get('content-type'), headers.get('content-length')]).toEqual(['a\r\n1\r\n', 'text/csv; charset=utf-8; header=present', '6']);
});
