import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { docker, output } from '../support/deploy-tools.js';
import { loose, type ComposeFile, type ComposeService } from './compose.fixture.js';
import { read, root } from './kubernetes.fixture.js';

const command = await docker();
const stack = path.join(root, 'deploy/swarm/stack.yaml');
const version = (JSON.parse(read('package.json')) as { version: string }).version;

(command === null ? describe.skip : describe)('O12: the Swarm stack, read by Docker’s command line', () => {
  const file = command === null ? { services: {}, networks: {}, secrets: {} } as ComposeFile : parse(output(command, ['stack', 'config', '--compose-file', stack], { GATEWAY_CONFIG: 'abc' })) as ComposeFile;
  const services = Object.entries(file.services);
  const gateway = file.services['gateway'] as ComposeService;

  it('lets nothing do more than it should', () => {
    expect(services.length).toBe(8);
    expect(services.flatMap(([name, service]) => loose(service, version).map((wrong) => `${name} ${wrong}`))).toEqual([]);
  });

  it('replaces gateways one after the other, the new one first, and takes back what fails', () => {
    expect(gateway.deploy.update_config).toMatchObject({ parallelism: 1, order: 'start-first', failure_action: 'rollback' });
    expect(gateway.deploy.rollback_config).toMatchObject({ parallelism: 1 });
    expect(gateway.deploy).toMatchObject({ replicas: 3, endpoint_mode: 'vip', placement: { preferences: [{ spread: 'node.id' }] } });
    const { server } = parse(read('deploy/docker/gateway/gateway.yaml')) as { server: { grace: string; port: number } };
    expect(Number.parseInt(gateway.stop_grace_period ?? '', 10)).toBeGreaterThan(Number.parseInt(server.grace, 10));
    expect(gateway.ports?.[0]?.target).toBe(server.port);
  });

  it('never has two of what keeps data, and keeps it where its volume is', () => {
    const keeping = services.filter(([name, { volumes }]) => name !== 'gateway' && volumes?.some(({ type }) => type === 'volume'));
    expect(keeping.map(([name]) => name).toSorted()).toEqual(['consul', 'postgres', 'prometheus', 'redis']);
    for (const [, { deploy }] of keeping) {
      expect(deploy).toMatchObject({ replicas: 1, update_config: { order: 'stop-first' }, placement: { constraints: ['node.labels.passerelle.data == true'] } });
    }
    expect(file.services['migrate']?.deploy.mode).toBe('replicated-job');
  });

  it('takes secrets from the swarm, each for the user of its container', () => {
    expect(Object.values(file.secrets).filter(({ external }) => external !== true)).toEqual([]);
    const users = services.flatMap(([name, { secrets, user }]) => (secrets ?? []).map(({ uid }) => [name, uid, user?.split(':')[0]]));
    expect(users.length).toBeGreaterThan(4);
    expect(users.filter(([, uid, user]) => uid !== user)).toEqual([]);
  });

  it('runs the file of the Compose stack, under a name that changes with it, and every rule', () => {
    expect(file.configs?.['gateway']).toMatchObject({ name: 'passerelle-gateway-abc', file: path.join(root, 'deploy/docker/gateway/gateway.yaml') });
    const rules = readdirSync(path.join(root, 'deploy/prometheus/rules')).filter((name) => name.endsWith('.yml'));
    const mounted = file.services['prometheus']?.configs?.map(({ target }) => target) ?? [];
    expect(mounted.toSorted()).toEqual(['/etc/prometheus/prometheus.yml', ...rules.map((name) => `/etc/prometheus/rules/${name}`)].toSorted());
    expect(read('deploy/swarm/prometheus.yml')).toContain('names: [tasks.gateway]');
  });
});
