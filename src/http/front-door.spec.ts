import type { ServerResponse } from 'node:http';
import { Answer, Exchange, HeaderList, type Route } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { FrontDoor, type StoredHandler } from './front-door.js';

function exchangeThat(finds: () => Answer | null): Exchange {
  const exchange = new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });
  exchange.route = { stored: { find: finds, finish: (_exchange, answer) => answer } } as Partial<Route> as Route;
  return exchange;
}

it.each<[string, () => Answer | null, boolean]>([
  ['gives what is at hand', () => new Answer(200, new HeaderList()), true],
  ['leaves the rest to the interceptors', () => null, false],
  ['survives what fails there', () => { throw new Error('no'); }, false],
])('%s', (_what, finds, expected) => {
  const given: Answer[] = [];
  const handler: StoredHandler = (_exchange, _response, answer) => { given.push(answer); };
  const door = new FrontDoor(new FakeClock());
  door.onStored(handler);
  expect(door.answer(exchangeThat(finds), {} as ServerResponse)).toBe(expected);
  expect(given).toHaveLength(expected ? 1 : 0);
});
