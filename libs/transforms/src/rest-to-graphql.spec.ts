import { problems, type ProblemType } from '#libs/kernel';
import type { Given } from '../test/exchange.js';
import { answered, sent, transformOf } from './transformed.fixture.js';
import { restToGraphql } from './rest-to-graphql.js';

const json = 'application/json';
const query = 'query($id: ID!, $limit: Int = 5, $all: Boolean, $tags: [Int!]) { user(id: $id) { id } }';

describe('request', () => {
  it.each<[what: string, options: Record<string, unknown>, given: Given, variables: Record<string, unknown>]>([
    ['the path', { variables: { id: '{params.id}' } }, { params: { id: '7' } }, { id: '7' }],
    ['the query, as the types it declares', { variables: { limit: '{request.query.limit}', all: '{request.query.all}' } }, { url: '/?limit=10&all=true' }, { limit: 10, all: true }],
    ['nothing where there is nothing', { variables: { limit: '{request.query.limit}' } }, {}, {}],
    ['what does not fit, for the service to refuse', { variables: { limit: '{request.query.limit}' } }, { url: '/?limit=ten' }, { limit: 'ten' }],
    ['the caller', { variables: { id: '{principal.id}' } }, { principal: { id: 'u1' } }, { id: 'u1' }],
    ['the body and its fields, of their own types', { variables: { input: '{body}', id: '{body.user.id}', tags: ['{request.query.a}', 2] } }, { url: '/?a=1', method: 'POST', headers: { 'content-type': json }, body: ['{"user":{"id":9},"n":1.0}'] }, { input: { user: { id: 9 }, n: 1 }, id: 9, tags: [1, 2] }],
  ])('fills variables from %s', async (_what, options, given, variables) => {
    const { body, exchange, headers } = await sent(transformOf(restToGraphql, { query, ...options }), given);
    expect(JSON.parse(body)).toEqual({ query, variables });
    expect(exchange.outgoing).toMatchObject({ method: 'POST', path: '/graphql', query: '' });
    expect([headers.get('content-type'), headers.get('content-length'), headers.get('accept')]).toEqual([json, String(Buffer.byteLength(body)), 'application/graphql-response+json, application/json;q=0.9']);
  });

  it('never writes anything of a request into the document', async () => {
    const { body } = await sent(transformOf(restToGraphql, { query, operation: 'x', path: '/api/graphql', variables: { id: '{params.id}' } }), { params: { id: '1") { password } #' } });
    expect(JSON.parse(body)).toEqual({ query, operationName: 'x', variables: { id: '1") { password } #' } });
  });
});

describe('answer', () => {
  it.each<[what: string, options: Record<string, unknown>, body: string, text: string]>([
    ['the data at its path', { data: 'user' }, '{"data":{"user":{"id":12345678901234567890}}}', '{"id":12345678901234567890}'],
    ['all data', {}, '{"data":{"a":1},"extensions":{}}', '{"a":1}'],
    ['nothing, where the service says null', { data: 'user' }, '{"data":{"user":null}}', 'null'],
    ['data in spite of errors, where the file says so', { data: 'user', partial: true }, '{"data":{"user":{"id":1}},"errors":[{"message":"x"}]}', '{"id":1}'],
  ])('is %s', async (_what, options, body, text) => {
    const back = await answered(transformOf(restToGraphql, { query, ...options }), body, 'application/graphql-response+json');
    expect([back.text, back.headers.get('content-type')]).toEqual([text, 'application/json; charset=utf-8']);
  });

  it.each<[what: string, body: string, type: ProblemType]>([
    ['an error of any kind', '{"errors":[{"message":"no"}]}', problems.graphqlFailed],
    ['an error beside data', '{"data":{"user":{"id":1}},"errors":[{"message":"no","path":["user",0]}]}', problems.graphqlFailed],
    ['no data', '{"data":{}}', problems.graphqlFailed],
    ['something else', '[]', problems.graphqlFailed],
    ['no credential', '{"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}', problems.unauthenticated],
    ['no right', '{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}', problems.forbidden],
    ['nothing of that id', '{"errors":[{"message":"no","extensions":{"code":"NOT_FOUND"}}]}', problems.notFound],
    ['a wrong value', '{"errors":[{"message":"no","extensions":{"code":"BAD_USER_INPUT"}}]}', problems.unprocessable],
  ])('is a problem: %s', async (_what, body, type) => {
    await expect(answered(transformOf(restToGraphql, { query, data: 'user' }), body, json, { status: 400 })).rejects.toMatchObject({ type });
  });

  it('that is no JSON stays', async () => {
    expect(await answered(transformOf(restToGraphql, { query }), '<h1>', 'text/html', { status: 502 })).toMatchObject({ text: '<h1>', status: 502 });
  });
});

it.each([
  [{ variables: { id: '{nonsense}' } }, 'unknown placeholder'],
  [{ variables: { '1x': 'a' } }, 'name of a variable'],
  [{ data: 'a.*.b' }, 'must lead to one value'],
])('refuses the option %j', (options, message) => {
  expect(() => transformOf(restToGraphql, { query, ...options })).toThrow(message);
});
