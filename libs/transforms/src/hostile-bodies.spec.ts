import { problems, type Extension, type ProblemType } from '#libs/kernel';
import { csvToJson } from './csv-to-json.js';
import { jsonToCsv } from './json-to-csv.js';
import { jsonToXml } from './json-to-xml.js';
import { restToGraphql } from './rest-to-graphql.js';
import { answered, sent, transformOf } from './transformed.fixture.js';
import { xmlToJson } from './xml-to-json.js';

const [XML, JSON_TYPE, CSV] = ['application/xml', 'application/json', 'text/csv'] as const;
/** Far more than a linear reader needs of a mebibyte on a busy machine, far less than a quadratic one. */
const QUICK = 15_000;

async function refused(transform: Extension<'transform'>, type: string, body: string): Promise<{ type: ProblemType; detail: string }> {
  return sent(transformOf(transform, { on: 'request' }), { headers: { 'content-type': type }, body: [body] }).then(() => { throw new Error('it was taken'); }, (error: unknown) => error as { type: ProblemType; detail: string });
}

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('a small body that would become a huge one', () => {
  it.each<[what: string, transform: Extension<'transform'>, type: string, body: string]>([
    ['rows with a key each', jsonToCsv, JSON_TYPE, JSON.stringify(many(8_000, (i) => ({ [`h${i}`]: 1 })))],
    ['a long name for many items', jsonToXml, JSON_TYPE, JSON.stringify({ ['k'.repeat(50_000)]: many(2_500, () => 0) })],
    ['a long name for many rows', csvToJson, CSV, `${'h'.repeat(50_000)}\n${'1\n'.repeat(5_000)}`],
  ])('%s', async (_what, transform, type, body) => {
    expect(await refused(transform, type, body)).toMatchObject({ type: problems.bodyTooLarge });
    expect((await answered(transformOf(transform, { on: 'response' }), body, type)).text).toBe(body);
  }, QUICK);

  it('is no wide table with short rows', async () => {
    const { body } = await sent(transformOf(csvToJson, { on: 'request' }), { headers: { 'content-type': CSV }, body: [`${many(50_000, (i) => `h${i}`).join(',')}\n${'1\n'.repeat(200_000)}`] });
    expect(body).toMatch(/^\[\{"h0":"1"\},/);
  }, QUICK);
});

describe('XML that takes long to read', () => {
  it.each<[what: string, body: string]>([
    ['comments that never end', `<a>${'<!--'.repeat(250_000)}</a>`],
    ['sections that never end', `<a>${'<![CDATA['.repeat(110_000)}</a>`],
    ['instructions that never end', `<a>${'<?'.repeat(500_000)}</a>`],
    ['tags that never end', '<a '.repeat(300_000)],
    ['quotes that never end', `<a ${'b="'.repeat(300_000)}`],
  ])('%s', async (_what, body) => expect(await refused(xmlToJson, XML, body)).toMatchObject({ type: problems.invalidBody }), QUICK);

  it('many names below a long one', async () => {
    const long = 'r'.repeat(30_000);
    const { body } = await sent(transformOf(xmlToJson, { on: 'request', lists: ['a.b'] }), { headers: { 'content-type': XML }, body: [`<${long}>${many(10_000, (i) => `<b${i}/>`).join('')}</${long}>`] });
    expect(body).toContain('"b9999":""');
  }, QUICK);
});

describe('XML that readers do not agree on', () => {
  it.each([
    ['a document type behind what an instruction says', '<?p <!-- ?><!DOCTYPE a [<!ENTITY e "x">]><a>b</a><!-- -->', 'document type'],
    ['a document type behind what an attribute says', '<a b="<!--"><!DOCTYPE a><c/></a><!-- -->', 'in a tag'],
    ['any other declaration', '<!ELEMENT a ANY><a/>', 'document type'],
    ['two elements', '<a/><b/>', 'not one XML element'],
    ['a control character', '<a>\u0001</a>', 'characters'],
  ])('%s', async (_what, body, detail) => expect(await refused(xmlToJson, XML, body)).toMatchObject({ type: problems.invalidBody, detail: expect.stringContaining(detail) as string }));

  it('is told of in few words', async () => expect((await refused(xmlToJson, XML, `<a${'$'.repeat(50_000)}/>`)).detail.length).toBeLessThan(400));

  it('may have "<" and document types in its texts', async () => {
    expect((await sent(transformOf(xmlToJson, { on: 'request' }), { headers: { 'content-type': XML }, body: [`<a b='>'><!-- <!DOCTYPE> " --><![CDATA[<!ENTITY>]]><?x <b> ?></a>`] })).body).toBe('{"a":{"@b":">","#text":"<!ENTITY>"}}');
  });
});

describe('JSON as XML that every parser reads', () => {
  it.each<[what: string, json: string, xml: string]>([
    ['colons that separate no prefix', '{"r":{"a:b":1,"a:b:c":2,"http://x":3,":":4,"a:1":5}}', '<r><a:b>1</a:b><a_b_c>2</a_b_c><http___x>3</http___x><_>4</_><a_1>5</a_1></r>'],
    ['line ends and tabs in attributes', '{"r":{"@x":"a\\nb\\tc\\rd"}}', '<r x="a&#10;b&#9;c&#13;d"/>'],
  ])('%s', async (_what, json, xml) => expect((await sent(transformOf(jsonToXml, { on: 'request' }), { headers: { 'content-type': JSON_TYPE }, body: [json] })).body).toBe(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`));

  it('has no attribute twice', async () => {
    expect(await refused(jsonToXml, JSON_TYPE, '{"a":{"@b c":1,"@b_c":2}}')).toMatchObject({ type: problems.invalidBody, detail: expect.stringContaining('called b_c') as string });
  });
});

it.each(['\n=1+1', '＝1+1', '＠SUM(1)', '＋1+1', '－1+1'])('%j is no formula of a spreadsheet any more', async (text) => {
  const { body } = await sent(transformOf(jsonToCsv, { on: 'request', header: false }), { headers: { 'content-type': JSON_TYPE }, body: [JSON.stringify([{ a: text }])] });
  expect(body).toBe(`"'${text}"\r\n`);
});

it('an error of a GraphQL service is one for HEAD too', async () => {
  const own = transformOf(restToGraphql, { query: '{ a }' });
  const { exchange } = await sent(own, { method: 'HEAD' });
  await expect(answered(own, '{"errors":[{"message":"x","extensions":{"code":"NOT_FOUND"}}]}', JSON_TYPE, { exchange })).rejects.toMatchObject({ type: problems.notFound });
});

it('a number that no number can hold stays a text for GraphQL, and is not null', async () => {
  const own = transformOf(restToGraphql, { query: 'query($n: Float!) { a(n: $n) }', variables: { n: '{request.query.n}' } });
  expect(JSON.parse((await sent(own, { url: '/?n=1e999' })).body)).toMatchObject({ variables: { n: '1e999' } });
});
