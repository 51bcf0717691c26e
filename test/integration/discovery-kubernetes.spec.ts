import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { events, type DiscoveryState } from '#libs/kernel';
import { until } from '#libs/testing';
import { KubernetesApi, type Pod } from '../support/kubernetes-api.js';
import { gateway, type TestGateway } from '../support/gateway.js';

const file = (api: KubernetesApi): string => `
services: { users: { discover: { use: kubernetes, service: users, server: "${api.url}", token: ${api.options.token}, ca: ${api.options.ca} } } }
routes: { all: { match: { path: /** }, to: users, authenticate: none } }
`;

/** A pod that names itself, takes a moment to answer, and ends as pods should: what is under way is finished. */
class RunningPod {
  private constructor(readonly name: string, readonly server: Server) {}

  static async start(name: string): Promise<RunningPod> {
    const server = createServer((_request: IncomingMessage, response) => void setTimeout(() => response.end(name), 5));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new RunningPod(name, server);
  }

  /** Its own slice: the pods of this machine have different ports behind the same name. */
  tell(api: KubernetesApi, conditions: Pod['conditions'] = { ready: true, serving: true, terminating: false }): void {
    const { port } = this.server.address() as AddressInfo;
    api.put(`users-${this.name}`, { service: 'users', ports: [{ name: 'http', port, protocol: 'TCP' }], endpoints: [{ addresses: ['127.0.0.1'], ...(conditions ? { conditions } : {}) }] });
  }

  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeIdleConnections();
    await closed;
  }
}

/** Clients that never stop asking; what they get is counted. */
function clients(gw: TestGateway, count: number): { answers: string[]; end(): Promise<void> } {
  const answers: string[] = [];
  let going = true;
  const loop = async (): Promise<void> => {
    while (going) {
      const { status, text } = await gw.fetch('/x');
      answers.push(status === 200 ? text : `${status}`);
    }
  };
  const loops = Array.from({ length: count }, loop);
  return { answers, end: async () => { going = false; await Promise.all(loops); } };
}

function states(): { list: DiscoveryState[]; end: () => void } {
  const list: DiscoveryState[] = [];
  return { list, end: events.discoveryChanged.subscribe((state) => list.push(state)) };
}

describe('T4: discover: { use: kubernetes }', () => {
  it('pods roll under load, and no request fails', async () => {
    await using api = await KubernetesApi.start();
    const old = [await RunningPod.start('old-1'), await RunningPod.start('old-2')];
    const young = [await RunningPod.start('new-1'), await RunningPod.start('new-2')];
    for (const pod of old) pod.tell(api);
    await using gw = await gateway(file(api));
    await until(() => api.watching === 1);
    const load = clients(gw, 8);
    for (const [index, pod] of young.entries()) {
      pod.tell(api, { ready: false, serving: false, terminating: false });
      await sleep(50);
      pod.tell(api);
      await until(() => load.answers.includes(pod.name));
      old[index]?.tell(api, { ready: false, serving: true, terminating: true });
      const before = load.answers.length;
      await until(() => load.answers.length > before + 50 && !load.answers.slice(-50).includes(old[index]?.name ?? ''));
      await old[index]?.end();
      api.remove(`users-old-${index + 1}`);
    }
    await load.end();
    expect(new Set(load.answers)).toEqual(new Set(['old-1', 'old-2', 'new-1', 'new-2']));
    for (const pod of young) await pod.end();
  }, 60_000);

  it('goes on with the last known pods while the API server is away, flagged as stale', async () => {
    await using api = await KubernetesApi.start();
    const [one, two] = [await RunningPod.start('one'), await RunningPod.start('two')];
    one.tell(api);
    await using gw = await gateway(file(api));
    const heard = states();
    await until(() => api.watching === 1);
    await api.down();
    await until(() => heard.list.length > 0);
    expect(heard.list[0]).toEqual({ service: 'users', stale: expect.stringContaining(`the API server ${api.url} cannot be asked`) as string });
    expect((await gw.fetch('/x')).text).toBe('one');
    two.tell(api);
    api.remove('users-one');
    await api.up();
    await until(() => heard.list.at(-1)?.stale === null);
    heard.end();
    await until(() => api.watching === 1);
    expect((await gw.fetch('/x')).text).toBe('two');
    await Promise.all([one.end(), two.end()]);
  }, 60_000);

  it('starts without the API server', async () => {
    await using api = await KubernetesApi.start();
    const pod = await RunningPod.start('late');
    pod.tell(api);
    await api.down();
    await using gw = await gateway(file(api));
    expect((await gw.fetch('/x')).status).toBe(503);
    const heard = states();
    await api.up();
    await until(() => heard.list.some(({ stale }) => stale === null));
    heard.end();
    expect((await gw.fetch('/x')).text).toBe('late');
    await pod.end();
  }, 60_000);
});

describe('deploy/kubernetes/base/rbac.yaml', () => {
  interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
    readonly roleRef?: unknown;
    readonly subjects?: unknown;
  }
  const manifests = parseAllDocuments(readFileSync(new URL('../../deploy/kubernetes/base/rbac.yaml', import.meta.url), 'utf8')).map((document) => document.toJS() as Manifest);
  const [account, role, binding] = manifests as [Manifest, Manifest, Manifest];

  it('allows what the discovery asks for, and nothing else', async () => {
    await using api = await KubernetesApi.start();
    const gw = await gateway(file(api));
    await until(() => api.watching === 1);
    await gw[Symbol.asyncDispose]();
    const asked = api.asked.map(({ verb, group, resource }) => `${verb} ${resource}.${group}`);
    const allowed = (role.rules ?? []).flatMap(({ apiGroups, resources, verbs }) => verbs.flatMap((verb) => resources.flatMap((resource) => apiGroups.map((group) => `${verb} ${resource}.${group}`))));
    expect(allowed.toSorted()).toEqual([...new Set(asked)].toSorted());
  });

  it('gives the Role to the service account', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Role', 'RoleBinding']);
    expect(binding.roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.metadata.name });
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', ...account.metadata }]);
    expect(binding.metadata.namespace).toBe(role.metadata.namespace);
  });
});
