import { exchangeOf } from '../test/exchange.js';
import { compilePathTemplate } from './path-template.js';
import { TemplateError } from './template.js';

it('keeps the percent-encoding of captured segments and encodes request variables', () => {
  const rewrite = compilePathTemplate('/{id}/{principal.claims.team}', ['id']);
  const exchange = exchangeOf({ params: { id: 'a%20b' }, principal: { claims: { team: 'c d' } } });
  expect(rewrite('/x', exchange)).toBe('/a%20b/c%20d');
});

it.each([[['id'], '/{name}'], [['id'], '/{params.name}'], [undefined, '/{principal.nope}']])('with parameters %j %s is refused', (params, template) => {
  expect(() => compilePathTemplate(template, params)).toThrow(TemplateError);
});
