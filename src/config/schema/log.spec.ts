import { ConfigFolder } from '../config.fixture.js';

const SECRET = '0123456789abcdef0123456789abcdef';
const mistakes = async (yaml: string): Promise<readonly string[]> => {
  using folder = new ConfigFolder({ 'gateway.yaml': `version: 1\n${yaml}\n` });
  return await folder.mistakes({ DEBUG_SECRET: SECRET });
};

describe('O4: `log` of the file', () => {
  it.each<[string, string]>([
    ['all of it', 'log: { level: INFO, sample: { ratio: 0.1, slow: 500ms, errors: on }, marks: {}, names: { duration: ms, level: off }, rest: keep, add: { a: "{status}", b: 1 }, nested: message, nulls: on }'],
    ['nested in full', 'log: { add: { logger: x }, nested: { below: message, as: object, beside: [time, logger] } }'],
    ['a name that nesting makes free', 'log: { names: { time: message }, nested: { below: data, beside: [time] }, add: { host: a } }'],
    ['a name that another field has left', 'log: { names: { path: url, route: path } }'],
    ['a secret', 'log: { debug: { secret: "${DEBUG_SECRET}" } }'],
    ['labels', 'defaults: { labels: { team: core } }'],
    ['a correlation id', 'correlationId: { header: X-Chain }'],
  ])('takes %s', async (_what, yaml) => expect(await mistakes(yaml)).toEqual([]));

  it.each<[string, string, RegExp]>([
    ['an unknown field', 'log: { names: { requestID: request_id } }', /requestID.*did you mean "requestId"|requestId/s],
    ['an unknown template', 'log: { add: { a: "{stauts}" } }', /log\.add\.a.*unknown placeholder \{stauts\}/s],
    ['an open brace', 'log: { add: { a: "{status" } }', /without its "\}"/],
    ['a name twice', 'log: { names: { client: path } }', /the line has a field "path" already/],
    ['a name that an own field has', 'log: { add: { status: "{status}" } }', /the line has a field "status" already/],
    ['the name it nests below', 'log: { add: { message: x }, nested: { below: message, beside: [message] } }', /the line has a field "message" already/],
    ['an unknown field beside', 'log: { nested: { below: message, beside: [tiem] } }', /no field "tiem"; did you mean "time"/],
    ['quotes in a name', "log: { names: { client: 'a\"b' } }", /a name without quotes/],
    ['a ratio over 1', 'log: { sample: { ratio: 2 } }', /at most 1/],
    ['a short secret', 'log: { debug: { secret: "${SHORT:-abc}" } }', /32 characters or more/],
    ['a label that no template could name', 'defaults: { labels: { "a b": c } }', /expected a name/],
    ['a debug header that is the caller’s credential', 'log: { debug: { secret: "${DEBUG_SECRET}", header: authorization } }', /log\.debug\.header.*this header means something else already/],
    ['a correlation id in a header of HTTP', 'correlationId: { header: Content-Length }', /correlationId\.header.*this header means something else already/],
    ['two ids in one header', 'correlationId: { header: x-request-id }', /has "x-request-id" already/],
  ])('refuses %s', async (_what, yaml, expected) => expect((await mistakes(yaml)).join('\n')).toMatch(expected));
});
