import { Readable } from 'node:stream';
import { Exchange, Problem, problems } from '#libs/kernel';
import { compileBodyTypes } from './body-types.js';

function upload(contentType?: string, body: Readable | null = Readable.from(['x'])): Exchange {
  const headers = contentType === undefined ? {} : { 'content-type': contentType };
  const exchange = new Exchange({ method: 'POST', path: '/', query: '', headers, rawHeaders: [], startedAt: 0 });
  exchange.body = body;
  return exchange;
}

it.each([
  ['application/json; charset=utf-8', true],
  ['image/png', true],
  ['text/plain', false],
  [undefined, false],
])('a body of type %s is accepted: %s', (contentType, accepted) => {
  const guard = compileBodyTypes(['application/json', 'image/*']);
  const admit = () => guard?.admit(upload(contentType));
  if (accepted) expect(admit).not.toThrow();
  else expect(admit).toThrow(Problem);
});

it('names what it accepts in the refusal', () => {
  expect.assertions(2);
  try {
    void compileBodyTypes(['application/json', 'image/*'])?.admit(upload('text/plain'));
  } catch (error) {
    expect((error as Problem).type).toBe(problems.unsupportedMediaType);
    expect((error as Problem).extras.headers).toEqual({ Accept: 'application/json, image/*' });
  }
});

it('lets a request without a body pass', () => {
  expect(() => compileBodyTypes(['application/json'])?.admit(upload(undefined, null))).not.toThrow();
});

it.each([[[]], [['*']], [['*/*', 'text/plain']]])('%j needs no check', (types) => {
  expect(compileBodyTypes(types)).toBeNull();
});
