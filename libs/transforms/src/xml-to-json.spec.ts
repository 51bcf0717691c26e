import { problems } from '#libs/kernel';
import { exchangeOf } from '../test/exchange.js';
import { answered, sent, transformOf } from './transformed.fixture.js';
import { transformSkipped } from './events.js';
import { xmlToJson } from './xml-to-json.js';

const xml = 'application/xml';

it.each<[what: string, options: Record<string, unknown>, body: string, json: string]>([
  ['texts, lists where there are several, text beside attributes', {}, '<?xml version="1.0"?><users n="2"><!-- x --><user id="1">Ana</user><user id="2">Bo</user></users>', '{"users":{"@n":"2","user":[{"@id":"1","#text":"Ana"},{"@id":"2","#text":"Bo"}]}}'],
  ['lists of one where the file says so', { lists: ['users.user'] }, '<users><user>Ana</user></users>', '{"users":{"user":["Ana"]}}'],
  ['what is in the outermost element alone', { root: 'drop', attributes: null }, '<u a="1"><b>1</b></u>', '{"b":"1"}'],
  ['values with a type, every digit kept', { root: 'drop', values: 'typed' }, '<u><a>12345678901234567890</a><b>1.0</b><c>007</c><d>true</d><e/></u>', '{"a":12345678901234567890,"b":1.0,"c":"007","d":true,"e":null}'],
  ['entities and references', {}, '<a b="&quot;&#233;&quot;">&lt;x&gt; &amp;amp; &#x1F600;</a>', '{"a":{"@b":"\\"é\\"","#text":"<x> &amp; 😀"}}'],
  ['sections of plain text, which may name a DOCTYPE', {}, '<a><![CDATA[<!DOCTYPE x> & ]]>y</a>', '{"a":"<!DOCTYPE x> & y"}'],
  ['space within a text, but not around elements', {}, '<a>\n  <b> x </b>\n</a>', '{"a":{"b":" x "}}'],
  ['names without prefixes', { prefixes: 'drop' }, '<s:a xmlns:s="urn:x"><s:b>1</s:b></s:a>', '{"a":{"b":"1"}}'],
  ['names of JavaScript as plain keys', {}, '<a><valueOf>1</valueOf><toString x="2"/></a>', '{"a":{"valueOf":"1","toString":{"@x":"2"}}}'],
])('makes %s', async (_what, options, body, json) => {
  const { headers, text } = await answered(transformOf(xmlToJson, { on: 'response', ...options }), body, xml);
  expect(text).toBe(json);
  expect(headers.flat).toEqual(['content-type', 'application/json', 'content-length', String(Buffer.byteLength(json))]);
});

const BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>';
const REFUSED: readonly (readonly [what: string, body: string, detail: string])[] = [
  ['a document type', BILLION, 'document type'],
  ['a file behind an entity', '<!doctype x SYSTEM "file:///etc/passwd"><x/>', 'document type'],
  ['an entity nobody knows', '<x>&b;</x>', 'The entity &b; is not known'],
  ['a character no document has', '<x>&#0;</x>', 'The entity &#0; is not known'],
  ['an element that is not closed', '<x><y></x>', 'not well-formed'],
  ['no element', '<!-- x -->', 'not well-formed'],
  ['a name that would reach into JavaScript', '<a><__proto__><b/></__proto__></a>', 'XML'],
  ['too many levels', `${'<a>'.repeat(11)}${'</a>'.repeat(11)}`, 'deep'],
];

it.each(REFUSED)('refuses a request with %s', async (_what, body, detail) => {
  const own = transformOf(xmlToJson, { on: 'request', depth: 10 });
  await expect(sent(own, { method: 'POST', headers: { 'content-type': xml }, body: [body] })).rejects.toMatchObject({ type: problems.invalidBody, detail: expect.stringMatching(detail) });
});

it.each(REFUSED)('lets an answer with %s pass as it is, and tells', async (_what, body) => {
  const skipped: string[] = [];
  const stop = transformSkipped.subscribe(({ reason, transform }) => void skipped.push(`${transform} ${reason}`));
  const { headers, text } = await answered(transformOf(xmlToJson, { on: 'response', depth: 10 }), body, xml);
  stop();
  expect([text, headers.get('content-type'), skipped]).toEqual([body, xml, ['xml-to-json malformed']]);
});

it.each<[what: string, type: string, body: Uint8Array]>([
  ['its type', 'application/xml; charset=ISO-8859-1', Buffer.from('<a>é</a>', 'latin1')],
  ['its declaration', xml, Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>', 'latin1')],
  ['its byte order mark, whatever the type says', 'text/xml; charset=ISO-8859-1', Buffer.from('\uFEFF<a>é</a>', 'utf16le')],
  ['nothing: UTF-8', xml, Buffer.from('<a>é</a>')],
])('reads the characters by %s', async (_what, type, body) => {
  expect((await answered(transformOf(xmlToJson, { on: 'response' }), body, type)).text).toBe('{"a":"é"}');
});

it('refuses a request in a charset that is none', async () => {
  const own = transformOf(xmlToJson, { on: 'request' });
  await expect(sent(own, { headers: { 'content-type': 'text/xml; charset=klingon' }, body: ['<a/>'] })).rejects.toMatchObject({ type: problems.unsupportedMediaType });
});

it('is for those who want it, where the file says so, and asks the service for XML', async () => {
  const own = transformOf(xmlToJson, { on: 'response', when: 'wanted' });
  for (const [accept, text] of [['application/json', '{"a":"1"}'], ['application/xml, application/json;q=0.5', '<a>1</a>'], ['*/*', '<a>1</a>']] as const) {
    const { exchange, headers } = await sent(own, { headers: { accept } });
    const back = await answered(own, '<a>1</a>', xml, { exchange });
    expect([back.text, back.headers.get('vary')]).toEqual([text, 'Accept']);
    expect(headers.get('accept')).toBe(text.startsWith('{') ? 'application/xml, text/xml' : accept);
  }
});

it.each(['text/html', 'application/xhtml+xml', 'application/json'])('leaves %s alone', async (type) => {
  expect((await answered(transformOf(xmlToJson, { on: 'response' }), '<a/>', type)).text).toBe('<a/>');
});

it('leaves errors alone, unless the file says otherwise', async () => {
  expect((await answered(transformOf(xmlToJson, { on: 'response' }), '<a/>', xml, { status: 500 })).text).toBe('<a/>');
  expect((await answered(transformOf(xmlToJson, { on: 'response', answers: 'all' }), '<a/>', xml, { status: 500 })).text).toBe('{"a":""}');
});

it('describes the converted answer to HEAD too', async () => {
  const { headers } = await answered(transformOf(xmlToJson, { on: 'response' }), '', xml, { exchange: exchangeOf({ method: 'HEAD' }) });
  expect(headers.flat).toEqual(['content-type', 'application/json']);
});
