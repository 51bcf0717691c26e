import { ConfigFolder } from '../config.fixture.js';
import { retrySchema } from './resilience.js';

const file = (service: string): string => `version: 1\nservices: { events: { ${service} } }\nroutes: { r: { match: { path: /r }, to: events, authenticate: none } }\nendpoints: { services: { at: /s, services: [events] } }`;

describe('services:', () => {
  it('one that does not run here is said, and no mistake', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': file('targets: "${EVENTS_URL:-off}"') });
    expect((await folder.load()).config.services['events']?.targets).toEqual([]);
    expect((await folder.load({ EVENTS_URL: 'http://a:1|3,http://b:1' })).config.services['events']?.targets).toMatchObject([{ url: 'http://a:1', weight: 3 }, { url: 'http://b:1', weight: 1 }]);
  });

  it.each(['targets: []', 'targets: ""', 'retry: {}'])('%s is one', async (service) => {
    using folder = new ConfigFolder({ 'gateway.yaml': file(service) });
    expect(await folder.mistakes()).toEqual(expect.arrayContaining([expect.stringContaining('services.events.targets: expected at least one target')]));
  });

  it.each([[{}, 3], [{ attempts: 1 }, 1], [{ attempts: '+2' }, 3], [{ attempts: '+0' }, 1]])('retry: %j has %i tries', (retry, tries) => {
    expect(retrySchema.parse(retry).attempts).toBe(tries);
  });

  it.each([0, 11, '+10', '-1', '+x'])('not so many tries: %j', (attempts) => {
    expect(retrySchema.safeParse({ attempts }).success).toBe(false);
  });

  it('one that only health tells of is used', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': 'version: 1\nservices: { payments: { targets: "http://a:1" }, lost: { targets: "http://b:1" } }\nendpoints: { services: { at: /s, services: [payments] } }' });
    expect((await folder.load()).warnings.map(({ path }) => path)).toEqual(['services.lost']);
  });
});
