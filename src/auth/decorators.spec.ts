import { demandOf, Permissions, Public, Roles, Scopes } from './decorators.js';

class Plain {
  @Public() open(): void {}
  @Roles('a', 'b') @Scopes('s') some(): void {}
  @Public() @Roles('a') both(): void {}
  none(): void {}
}

@Roles('a') @Permissions('p')
class Ruled {
  @Public() open(): void {}
  @Roles('b') other(): void {}
  @Scopes('s') more(): void {}
  none(): void {}
}

@Public()
class Open {
  @Roles('a') some(): void {}
  none(): void {}
}

it.each<[string, { readonly prototype: object }, string, unknown]>([
  ['nothing', Plain, 'none', null],
  ['open', Plain, 'open', { open: true, rule: 'any' }],
  ['several', Plain, 'some', { open: false, rule: { roles: ['a', 'b'], scopes: ['s'] } }],
  ['two that contradict each other: the stricter', Plain, 'both', { open: false, rule: { roles: ['a'] } }],
  ['those of the class', Ruled, 'none', { open: false, rule: { roles: ['a'], permissions: ['p'] } }],
  ['open in a class that is not', Ruled, 'open', { open: true, rule: 'any' }],
  ['instead of one of the class', Ruled, 'other', { open: false, rule: { roles: ['b'], permissions: ['p'] } }],
  ['besides those of the class', Ruled, 'more', { open: false, rule: { roles: ['a'], permissions: ['p'], scopes: ['s'] } }],
  ['an open class', Open, 'none', { open: true, rule: 'any' }],
  ['not open in an open class', Open, 'some', { open: false, rule: { roles: ['a'] } }],
])('%s', (_case, controller, name, demand) => {
  const method = (controller.prototype as Readonly<Record<string, object>>)[name] as object;
  expect(demandOf(controller, method)).toEqual(demand);
  expect(demandOf(controller, method)).toBe(demandOf(controller, method));
});
