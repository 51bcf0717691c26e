import { compileAnswer } from './endpoint-answer.js';

interface Scope { readonly word: string; readonly items: readonly { readonly name: string; readonly up: boolean }[] }

const placeholders = { word: ({ word }: Scope) => word, count: ({ items }: Scope) => items.length, gone: () => undefined };
const each = {
  token: 'service',
  items: ({ items }: Scope) => items,
  key: ({ name }: Scope['items'][number]) => name,
  compile: (template: unknown) => compileAnswer(template, { up: ({ up }: Scope['items'][number]) => up, name: ({ name }: Scope['items'][number]) => name }),
};
const scope: Scope = { word: 'ok', items: [{ name: 'a', up: true }, { name: '__proto__', up: false }] };

describe('compileAnswer', () => {
  it.each<[unknown, unknown]>([
    ['{word}', 'ok'],
    ['all {word}!', 'all ok!'],
    [{ status: '{word}', n: '{count}', fixed: [1, null, true] }, { status: 'ok', n: 2, fixed: [1, null, true] }],
    [{ a: '{gone}', b: 1 }, { b: 1 }],
  ])('%j', (template, expected) => expect(compileAnswer(template, placeholders)(scope)).toEqual(expected));

  it.each([
    [{ services: { '{service}': { healthy: '{up}' } } }, '{"services":{"a":{"healthy":true},"__proto__":{"healthy":false}}}'],
    [{ first: '{word}', '{service.snake}_service': '{up}', last: { '{service}': 1 } }, '{"first":"ok","a_service":true,"_proto__service":false,"last":{"a":1,"__proto__":1}}'],
    [{ '{service}': '{up}' }, '{"a":true,"__proto__":false}'],
    [{ x: [{ deep: { '{service}': '{name}:{up}' } }], n: '{count}' }, '{"x":[{"deep":{"a":"a:true","__proto__":"__proto__:false"}}],"n":2}'],
  ])('%j has an entry per item', (template, expected) => expect(JSON.stringify(compileAnswer(template, placeholders, { each })(scope))).toBe(expected));

  it('asks for families of names', () => {
    const answer = compileAnswer('{of.x}', placeholders, { more: (name) => (name.startsWith('of.') ? () => [name.slice(3)] : undefined) });
    expect(answer(scope)).toEqual(['x']);
  });

  it.each([['{nope}', undefined], [{ '{service}': '{word}' }, each], ['{toString}', undefined]])('refuses %j', (template, list) => {
    expect(() => compileAnswer(template, placeholders, list ? { each: list } : {})).toThrow(/unknown placeholder/);
  });
});
