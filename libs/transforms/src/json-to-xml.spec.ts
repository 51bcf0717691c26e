import { problems } from '#libs/kernel';
import { answered, sent, transformOf } from './transformed.fixture.js';
import { jsonToXml } from './json-to-xml.js';
import { xmlToJson } from './xml-to-json.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

it.each<[what: string, options: Record<string, unknown>, json: string, xml: string]>([
  ['a root of its own', {}, '{"users":{"@n":2,"user":[{"@id":1,"#text":"Ana"},"Bo"]}}', '<users n="2"><user id="1">Ana</user><user>Bo</user></users>'],
  ['a root where there is none', {}, '{"a":1.0,"b":null,"c":true}', '<root><a>1.0</a><b/><c>true</c></root>'],
  ['a root that the file names', { root: 'person' }, '{"a":"x"}', '<person><a>x</a></person>'],
  ['items of a list', { root: 'users', item: 'user' }, '[{"id":1},{"id":2}]', '<users><user><id>1</id></user><user><id>2</id></user></users>'],
  ['a list in a list', {}, '{"m":{"r":[[1,2],[3]]}}', '<m><r><item>1</item><item>2</item></r><r><item>3</item></r></m>'],
  ['texts with marks in them', {}, '{"a":"<b> & \\"c\\" \\u0001"}', '<a>&lt;b&gt; &amp; &quot;c&quot; \uFFFD</a>'],
  ['keys that are no names', { root: 'r' }, '{"1 a":1,"":2,"x>y":3}', '<r><_1_a>1</_1_a><_>2</_><x_y>3</x_y></r>'],
  ['no attributes', { attributes: null, root: 'r' }, '{"@a":1}', '<r><_a>1</_a></r>'],
  ['a scalar', {}, '7', '<root>7</root>'],
])('makes %s', async (_what, options, json, xml) => {
  const { headers, text } = await answered(transformOf(jsonToXml, { on: 'response', ...options }), json, 'application/json');
  expect(text).toBe(HEAD + xml);
  expect(headers.get('content-type')).toBe('application/xml; charset=utf-8');
});

it('is what xml-to-json makes JSON of', async () => {
  const json = '{"users":{"@n":"2","user":[{"@id":"1","#text":"A & <B>"},"é😀"],"none":""}}';
  const there = await answered(transformOf(jsonToXml, { on: 'response' }), json, 'application/json');
  const back = await answered(transformOf(xmlToJson, { on: 'response' }), there.text, 'application/xml');
  expect(back.text).toBe(json);
});

it('makes XML of requests', async () => {
  const { body, headers } = await sent(transformOf(jsonToXml, { on: 'request', root: 'order' }), { method: 'POST', headers: { 'content-type': 'application/json', digest: 'x' }, body: ['{"id":', '12345678901234567890}'] });
  expect(body).toBe(`${HEAD}<order><id>12345678901234567890</id></order>`);
  expect(headers.flat).toEqual(['content-type', 'application/xml; charset=utf-8', 'content-length', String(Buffer.byteLength(body))]);
});

it('refuses a request that is nested too deeply', async () => {
  const own = transformOf(jsonToXml, { on: 'request', depth: 5 });
  const deep = `${'{"a":'.repeat(6)}1${'}'.repeat(6)}`;
  await expect(sent(own, { headers: { 'content-type': 'application/json' }, body: [deep] })).rejects.toMatchObject({ type: problems.invalidBody, detail: expect.stringContaining('5 levels') });
});
