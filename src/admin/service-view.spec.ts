import { CircuitBreaker } from '#libs/resilience';
import { systemClock } from '#libs/kernel';
import { liveService } from '../services/live-service.fixture.js';
import { joinViews, viewOf } from './service-view.js';

function worker(inFlight: number, out = false) {
  const users = liveService('users', ['https://user:word@a:1/base', 'http://b:1']);
  const breaker = new CircuitBreaker({ service: 'users', route: null }, { errorRate: 0, failures: 1, over: 1, minRequests: 1, open: 1, trials: 1, slow: null }, systemClock);
  users.breakers.set('', breaker);
  for (const target of users.targets) target.inFlight = inFlight;
  if (out) {
    users.targets[1]?.eject();
    breaker.open(1_000);
  }
  return viewOf(users);
}
const place = { weight: 1, zone: '', priority: 0 };

it('tells a service without passwords', () => {
  expect(joinViews([worker(2)])).toEqual({
    breakers: { '': 'closed' }, stale: null,
    targets: [{ url: 'https://a:1/base', ...place, out: null, inFlight: 2 }, { url: 'http://b:1', ...place, out: null, inFlight: 2 }],
  });
});

it('adds up what is counted, and tells each word where workers differ', () => {
  expect(joinViews([worker(2), worker(3, true)])).toEqual({
    breakers: { '': ['closed', 'open'] }, stale: null,
    targets: [{ url: 'https://a:1/base', ...place, out: null, inFlight: 5 }, { url: 'http://b:1', ...place, out: [null, 'ejected'], inFlight: 5 }],
  });
});
