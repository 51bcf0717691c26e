import { until } from '#libs/testing';
import { LogDestination } from '../../src/telemetry/log-destination.js';
import { SuperSmartMatchServices } from './stand-ins/supersmartmatch.js';
import { JWT_SECRET, PASSWORD, SuperSmartMatch } from './supersmartmatch.fixture.js';

type Line = Record<string, unknown>;

/** What the gateway writes from now on, instead of its standard output. */
function listen({ platform }: SuperSmartMatch): string[] {
  const written: string[] = [];
  platform.gateway.app.get(LogDestination).write = (line: string) => { written.push(line); };
  return written;
}

describe('SuperSmartMatch, O4: its access lines', () => {
  it('tell each request in the words of the platform, and no secret', async () => {
    const services = await SuperSmartMatchServices.start();
    await using platform = await SuperSmartMatch.open({ env: { ...services.env, PASSERELLE__LOG__LEVEL: 'info', PASSERELLE__LOG__ACCESS: 'on' }, services });
    const written = listen(platform);
    const { access_token: bearer, user } = await platform.member('ada', 'recruteur');
    const json = { candidate: {}, offers: [] };
    const matched = await platform.send('/api/gateway/match', { json, bearer, headers: { 'user-agent': 'tests' } });
    await platform.send('/api/gateway/nonexistent', { bearer });
    const access = () => written.map((line) => JSON.parse(line) as Line).filter((line) => 'status_code' in line);
    await until(() => access().length === 3);
    const [register, match, nowhere] = access() as [Line, Line, Line];
    expect(register).toMatchObject({ method: 'POST', endpoint: '/api/gateway/auth/register', endpoint_category: 'authentication', status_code: 201, is_success: true, is_authenticated: false });
    expect(match).toMatchObject({
      timestamp: expect.stringMatching(/Z$/), request_id: matched.headers['x-request-id'], method: 'POST', endpoint: '/api/gateway/match', endpoint_category: 'matching', status_code: 200, process_time: expect.any(Number),
      request_size: JSON.stringify(json).length, response_size: matched.text.length, user_id: user.id, user_role: 'recruteur', client_ip: '127.0.0.1', user_agent: 'tests',
      is_success: true, is_slow: false, is_large: false, is_error: false, is_authenticated: true, error: null, headers: { 'content-type': 'application/json' },
    });
    expect(nowhere).toMatchObject({ endpoint: '/api/gateway/nonexistent', status_code: 404, is_success: false, error: 'route-not-found' });
    for (const secret of [bearer, PASSWORD, JWT_SECRET]) expect(written.join('')).not.toContain(secret);
  });
});
