import { compileJsonTemplate, compileText, literalOf, TemplateError, type Getter } from './template.js';

const values = new Map<string, unknown>([
  ['status', 404], ['code', 'route-not-found'], ['after', null], ['list', ['a', 'b']], ['tree', { a: 1 }], ['none', undefined],
]);
const resolve = (name: string): Getter<null> | undefined => values.has(name) ? () => values.get(name) : undefined;

describe('compileText', () => {
  it.each([
    ['', ''],
    ['plain', 'plain'],
    ['{status}', '404'],
    ['{status} {code}!', '404 route-not-found!'],
    ['{{status}}', '{status}'],
    ['{{{status}}}', '{404}'],
    ['{"not"', null],
    ['a } b', 'a } b'],
    ['{{"status":{status}}}', '{"status":404}'],
    ['[{after}{none}]', '[]'],
    ['{list}', 'a,b'],
    ['{tree}', '{"a":1}'],
  ])('%s becomes %s', (text, expected) => {
    if (expected === null) expect(() => compileText(text, resolve)).toThrow(TemplateError);
    else expect(compileText(text, resolve)(null)).toBe(expected);
  });

  it('names an unknown placeholder and what is allowed', () => {
    expect(() => compileText('a {stauts}', resolve, ['status', 'code'])).toThrow(/\{stauts\}; allowed: status, code/);
  });
});

describe('compileJsonTemplate', () => {
  it.each([
    ['{status}', 404],
    ['{after}', null],
    ['{tree}', { a: 1 }],
    ['is {status}', 'is 404'],
    [{ a: '{status}', b: '{none}', c: { d: '{list}' } }, { a: 404, c: { d: ['a', 'b'] } }],
    [['{none}', '{status}', 1, true, null], [404, 1, true, null]],
    ['{{status}}', '{status}'],
  ])('%j becomes %j', (template, expected) => {
    expect(compileJsonTemplate(template, resolve)(null)).toEqual(expected);
  });

  it('builds a new structure every time', () => {
    const render = compileJsonTemplate({ a: {} }, resolve);
    expect((render(null) as { a: object }).a).not.toBe((render(null) as { a: object }).a);
  });

  it('finds mistakes deep inside', () => {
    expect(() => compileJsonTemplate({ a: [{ b: '{nope}' }] }, resolve)).toThrow(TemplateError);
  });

  it('takes a key __proto__ as a key', () => {
    const made = compileJsonTemplate(JSON.parse('{"__proto__":{"admin":true}}'), resolve)(null);
    expect(JSON.stringify(made)).toBe('{"__proto__":{"admin":true}}');
    expect((made as { admin?: boolean }).admin).toBeUndefined();
  });
});

it.each([['plain', 'plain'], ['{{a}}', '{a}'], ['', ''], ['{status}', null], ['a{status}', null]])('the literal of "%s" is %j', (text, expected) => {
  expect(literalOf(text)).toBe(expected);
});
