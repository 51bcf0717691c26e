import { echoService } from '#libs/testing';
import { gateway } from '../support/gateway.js';

const ROUTE = 'routes: { all: { match: { path: /** }, to: echo, authenticate: none } }\nendpoints: { services: { at: /services, authenticate: none } }\n';

describe('X7: networks', () => {
  it.each([
    ['the default', '', 200], ['loopback', 'networks: loopback', 200], ['a network', 'networks: [127.0.0.0/8]', 200],
    ['public', 'networks: public', 502], ['private, metadata', 'networks: [private, metadata]', 502], ['another network', 'networks: 10.0.0.0/8', 502],
  ])('looks at a name once it is resolved: %s', async (_what, setting, status) => {
    await using echo = await echoService();
    for (const protocol of ['http1', 'http2'] as const) {
      if (protocol === 'http2' && status === 200) continue;
      await using gw = await gateway(`services: { echo: { targets: "${echo.url.replace('127.0.0.1', 'localhost')}", protocol: ${protocol}, ${setting} } }\n${ROUTE}`);
      const reply = await gw.fetch('/a');
      expect(reply.status).toBe(status);
      if (status === 502) {
        expect(reply.json()).toMatchObject({ code: 'target-forbidden' });
        expect(reply.headers['proxy-status']).toContain('destination_ip_prohibited');
        expect(reply.text).not.toContain('127.0.0.1');
        expect((await gw.fetch('/services')).json()).toMatchObject({ services: { echo: { status: 'unhealthy' } } });
        expect(echo.requests).toHaveLength(0);
      }
    }
  });

  it.each([
    ['http://169.254.169.254', '', 'metadata'], ['http://[::ffff:169.254.169.254]', '', 'metadata'], ['http://2852039166/', '', 'metadata'],
    ['http://[fe80::1]', '', 'metadata'], ['http://[64:ff9b::a9fe:a9fe]', '', 'metadata'], ['http://224.0.0.1', '', 'reserved'],
    ['http://127.0.0.1:1', 'networks: public', 'loopback'], ['http://0.0.0.0:1', 'networks: [public, private]', 'loopback'], ['http://10.1.2.3', 'networks: 10.2.0.0/16', 'private'],
  ])('refuses %s when the file is loaded (%s)', async (url, setting, kind) => {
    await expect(gateway(`services: { echo: { targets: "${url}", ${setting} } }\n${ROUTE}`)).rejects.toThrow(new RegExp(`services\\.echo\\.targets.*is a ${kind} address`, 's'));
  });

  it.each([['http://[fe80::1%25eth0]:1'], ['http://999.1.1.1']])('refuses %s, which is no host', async (url) => {
    await expect(gateway(`services: { echo: { targets: "${url}" } }\n${ROUTE}`)).rejects.toThrow(/valid host/);
  });

  it('takes a metadata address that is named', async () => {
    await using gw = await gateway(`services: { echo: { targets: "http://169.254.169.254", networks: 169.254.169.254 } }\n${ROUTE}`);
    expect(gw.url).toMatch(/^http/);
  });

  it('names what a network may be', async () => {
    await expect(gateway(`services: { echo: { targets: "http://a", networks: [privat] } }\n${ROUTE}`)).rejects.toThrow(/networks.*public, private, loopback, metadata/s);
  });
});
