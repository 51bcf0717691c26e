import { kubernetesOptions } from './kubernetes-options.js';

describe('kubernetesOptions', () => {
  it('needs a service, and has defaults for the rest', () => {
    expect(kubernetesOptions.parse({ service: 'users' })).toEqual({
      service: 'users', scheme: 'http', path: '', unready: false, server: 'https://kubernetes.default.svc',
      token: '/var/run/secrets/kubernetes.io/serviceaccount/token', ca: '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
    });
  });

  it.each([
    ['service', 'a/../b'], ['service', 'Users'], ['service', ''], ['service', 'a'.repeat(64)], ['namespace', 'x?watch=1'], ['port', 0], ['port', 65_536],
    ['port', '65536'], ['port', 'a b'], ['port', '-1'], ['path', 'v1'], ['path', '/v1?x'], ['scheme', 'ftp'], ['server', 'https://api/path'],
    ['server', 'https://user:secret@api'], ['server', 'unix:/x'], ['token', ''],
  ])('%s: %j is refused', (key, value) => {
    const { success, error } = kubernetesOptions.safeParse({ service: 'users', [key]: value });
    expect([success, error?.issues.map(({ path }) => path[0])]).toEqual([false, [key]]);
  });

  it.each([['service', 'a'], ['port', 'http-2'], ['port', '8080'], ['server', 'https://[fd00::1]:6443'], ['server', 'http://127.0.0.1:8001']])('%s: %j is fine', (key, value) => {
    expect(kubernetesOptions.safeParse({ service: 'users', [key]: value }).success).toBe(true);
  });
});
