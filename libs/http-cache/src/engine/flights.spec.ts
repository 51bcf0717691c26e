import { Exchange } from '#libs/kernel';
import { FakeClock } from '#libs/testing';
import { Flights } from './flights.js';
import { Patience } from './patience.js';
import { Refreshes } from './refreshes.js';

const open = (): Exchange => new Exchange({ method: 'GET', path: '/', query: '', headers: {}, rawHeaders: [], startedAt: 0 });

describe('Flights', () => {
  it('lets go of all who wait when the flight lands, once', async () => {
    const flights = new Flights(new FakeClock());
    const flight = flights.depart('a');
    let released = 0;
    flight.lease = () => released++;
    const waiting = [1, 2, 3].map(() => new Patience(open(), 1_000).waitFor(flight));
    expect([flights.under('a') === flight, flight.awaited]).toEqual([true, true]);
    flight.land('stored');
    flight.land('failed');
    expect(await Promise.all(waiting)).toEqual(['stored', 'stored', 'stored']);
    expect([flights.under('a'), released, flights.size, flight.awaited]).toEqual([null, 1, 0, false]);
  });

  it.each([['unshared', true], ['stored', false], ['failed', false], ['left', false]] as const)('remembers what was %s: %s', (landing, alone) => {
    const clock = new FakeClock();
    const flights = new Flights(clock);
    flights.depart('a').land(landing);
    expect(flights.isAlone('a')).toBe(alone);
    clock.advance(10_000);
    expect(flights.isAlone('a')).toBe(false);
  });

  it('lets requests wait again once something was stored', () => {
    const flights = new Flights(new FakeClock());
    flights.depart('a').land('unshared');
    flights.shared('a');
    expect(flights.isAlone('a')).toBe(false);
  });

  it('remembers so many keys and no more', () => {
    const flights = new Flights(new FakeClock());
    for (let i = 0; i <= 1_024; i++) flights.depart(`key ${i}`).land('unshared');
    expect([flights.isAlone('key 0'), flights.isAlone('key 1'), flights.isAlone('key 1024')]).toEqual([false, true, true]);
  });
});

describe('Patience', () => {
  it('ends, for all flights together', async () => {
    const flights = new Flights(new FakeClock());
    const flight = flights.depart('a');
    const patience = new Patience(open(), 20);
    expect(await patience.waitFor(flight)).toBe('late');
    expect([patience.over, flight.awaited]).toEqual([true, false]);
    expect([await patience.waitFor(flight), await patience.pause(1_000)]).toEqual(['late', 'late']);
  });

  it('ends with the exchange', async () => {
    const flight = new Flights(new FakeClock()).depart('a');
    const exchange = open();
    const patience = new Patience(exchange, 1_000);
    const waiting = patience.waitFor(flight);
    exchange.abort(new Error('left'));
    expect([await waiting, flight.awaited]).toEqual(['aborted', false]);
    patience.end();
  });

  it('pauses for a moment', async () => {
    const patience = new Patience(open(), 5_000);
    await patience.pause(5);
    expect(patience.over).toBe(false);
    const pausing = patience.pause(60_000);
    patience.wake();
    await pausing;
    expect(patience.over).toBe(true);
  });
});

describe('Refreshes', () => {
  it('are one at a time, and rest after a failure', () => {
    const clock = new FakeClock();
    const refreshes = new Refreshes(clock);
    expect([refreshes.begin('a'), refreshes.begin('a'), refreshes.begin('b')]).toEqual([true, false, true]);
    refreshes.end('a', false);
    refreshes.end('b', true);
    expect([refreshes.begin('a'), refreshes.begin('b')]).toEqual([false, true]);
    clock.advance(1_000);
    expect(refreshes.begin('a')).toBe(true);
  });

  it('remember so many failures and no more', () => {
    const refreshes = new Refreshes(new FakeClock());
    for (let i = 0; i <= 1_024; i++) {
      refreshes.begin(`key ${i}`);
      refreshes.end(`key ${i}`, false);
    }
    expect([refreshes.begin('key 0'), refreshes.begin('key 1')]).toEqual([true, false]);
  });
});
