import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { clusterTools, output, type ClusterTools } from '../support/deploy-tools.js';
import { kubernetesTypes, typeErrors, type Manifest } from '../support/kubernetes-types.js';
import { until } from '../support/daemon.js';
import { build, Passerelle } from '../support/passerelle.js';
import { manifestsOf, only, pinned, podsOf, read, root, unrestricted, type PodSpec } from './kubernetes.fixture.js';

const tools = await clusterTools();
const types = await kubernetesTypes();
const overlays = ['dev', 'production'] as const;
const made = new Map(overlays.map((overlay) => [overlay, tools === null ? [] : kustomized(tools, `deploy/kubernetes/overlays/${overlay}`)]));
const all = (overlay: string): Manifest[] => made.get(overlay as 'dev') ?? [];
const version = (JSON.parse(read('package.json')) as { version: string }).version;

function kustomized({ kubectl }: ClusterTools, folder: string): Manifest[] {
  return manifestsOf(output(kubectl, ['kustomize', path.join(root, folder)]));
}

interface Deployment extends Manifest {
  readonly spec: { readonly selector: { readonly matchLabels: Record<string, string> }; readonly replicas?: number; readonly template: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec } };
}
interface Selecting extends Manifest {
  readonly spec: { readonly selector: Record<string, string> & { readonly matchLabels?: Record<string, string> } };
}

const given = tools === null ? describe.skip : describe;

given('O12: Kubernetes by kustomize, built by kubectl', () => {
  it.each(overlays)('%s is what the API takes', (overlay) => {
    expect(all(overlay).length).toBeGreaterThan(7);
    if (types !== null) expect(typeErrors(types, all(overlay))).toEqual([]);
  });

  it('and the check of that finds mistakes', () => {
    if (types === null) return;
    const mistaken = JSON.parse(JSON.stringify(all('production')).replace('maxUnavailable', 'maxUnavailible').replace('"averageUtilization":70', '"averageUtilization":"70"')) as Manifest[];
    expect(typeErrors(types, mistaken).map((error) => error.slice(0, error.indexOf(':')))).toEqual(expect.arrayContaining(['HorizontalPodAutoscaler passerelle']));
    expect(typeErrors(types, mistaken).length).toBeGreaterThan(1);
  });

  it('the examples too', () => {
    const examples = ['ingress', 'http-route'].flatMap((name) => manifestsOf(read(`deploy/kubernetes/examples/${name}.yaml`)));
    expect(examples.map(({ kind }) => kind)).toEqual(['Ingress', 'HTTPRoute']);
    if (types !== null) expect(typeErrors(types, examples)).toEqual([]);
  });

  it.each(overlays)('%s has pods that the profile “restricted” admits', (overlay) => {
    const pods = podsOf(all(overlay));
    expect(pods.length).toBe(2);
    expect(pods.flatMap(({ name, pod }) => unrestricted(pod).map((wrong) => `${name}: ${wrong}`))).toEqual([]);
    expect(only(all(overlay), 'Namespace').metadata.labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  it('and the check of that finds mistakes', () => {
    const [first] = podsOf(all('dev'));
    expect(unrestricted({ ...(first?.pod as PodSpec), hostNetwork: true, securityContext: {}, containers: [{ name: 'a', image: 'a:latest' }] })).toHaveLength(8);
    expect(['a:1.2.3', 'a:v1.2', 'a', 'a:1', 'a:latest'].map(pinned)).toEqual([true, true, false, false, false]);
  });

  it.each(overlays)('%s: what selects finds the gateway, and nothing else', (overlay) => {
    const { spec: { selector: { matchLabels }, template } } = only<Deployment>(all(overlay), 'Deployment', 'passerelle');
    expect(template.metadata.labels).toMatchObject(matchLabels);
    const migration = all(overlay).find(({ kind }) => kind === 'Job') as Deployment | undefined;
    for (const kind of ['Service', 'PodDisruptionBudget', 'ServiceMonitor']) {
      for (const { metadata, spec } of all(overlay).filter((each) => each.kind === kind && each.metadata.name === 'passerelle') as Selecting[]) {
        const labels = spec.selector.matchLabels ?? spec.selector;
        expect([kind, template.metadata.labels]).toEqual([kind, expect.objectContaining(labels)]);
        if (kind === 'ServiceMonitor') expect(only(all(overlay), 'Service', metadata.name).metadata.labels).toMatchObject(labels);
        if (migration) expect(migration.spec.template.metadata.labels).not.toMatchObject(labels);
      }
    }
  });

  it.each(overlays)('%s runs the version of package.json, and everything is in one namespace', (overlay) => {
    const ours = podsOf(all(overlay)).flatMap(({ pod }) => pod.containers.map(({ image }) => image)).filter((image) => image.startsWith('passerelle'));
    expect(new Set(ours)).toEqual(new Set([`passerelle:${version}`]));
    const { name } = only(all(overlay), 'Namespace').metadata;
    expect(new Set(all(overlay).filter(({ kind }) => kind !== 'Namespace').map(({ metadata }) => metadata.namespace))).toEqual(new Set([name]));
  });

  it('a changed file leaves the pods as they are, and is followed: no hash in its name, a folder as mount', () => {
    const { template } = only<Deployment>(all('production'), 'Deployment').spec;
    expect(only(all('production'), 'ConfigMap').metadata.name).toBe('passerelle');
    expect(template.spec.volumes?.find(({ name }) => name === 'config')?.configMap?.name).toBe('passerelle');
    expect(template.spec.containers[0]?.volumeMounts?.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
  });

  it('the autoscaler alone says how many there are', () => {
    expect(only<Deployment>(all('production'), 'Deployment').spec.replicas).toBeUndefined();
    expect(only<Deployment>(all('dev'), 'Deployment', 'passerelle').spec.replicas).toBe(1);
  });

  it('no secret is in the environment, nor in what is applied', () => {
    const names = overlays.flatMap((overlay) => podsOf(all(overlay))).flatMap(({ pod }) => pod.containers.flatMap(({ env }) => (env ?? []).map(({ name }) => name)));
    expect(names.filter((name) => /password|secret_|token|_key/i.test(name))).toEqual([]);
    expect(overlays.flatMap(all).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('the copies in other forms are up to date', () => {
    output(process.execPath, [path.join(root, 'scripts/deploy-files.mjs'), '--check']);
  });
});

/** Puts a file where kubelet puts one of a ConfigMap: in a folder of its own, which a link leads to that is replaced at once. */
function mount(folder: string, text: string): string {
  const version = mkdtempSync(path.join(folder, '..version-'));
  writeFileSync(path.join(version, 'gateway.yaml'), text);
  symlinkSync(path.basename(version), path.join(folder, '..data_tmp'));
  renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
  const file = path.join(folder, 'gateway.yaml');
  rmSync(file, { force: true });
  symlinkSync('..data/gateway.yaml', file);
  return file;
}

given('O1: the gateway has what the manifests ask it for', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-kubernetes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(overlays)('%s: its file starts, and answers the probes, the scrape and the measure of the autoscaler', async (overlay) => {
    build();
    const { data } = only<Manifest & { data: Record<string, string> }>(all(overlay), 'ConfigMap');
    const { containers: [container], terminationGracePeriodSeconds = 0 } = only<Deployment>(all(overlay), 'Deployment', 'passerelle').spec.template.spec;
    if (container === undefined) throw new Error('There is no container');
    mkdirSync(path.join(folder, overlay), { recursive: true });
    const file = mount(path.join(folder, overlay), data['gateway.yaml'] ?? '');
    writeFileSync(path.join(folder, 'redis-url'), 'redis://passerelle:secret@127.0.0.1:1');
    writeFileSync(path.join(folder, 'database-url'), 'postgresql://passerelle:secret@127.0.0.1:1/passerelle\n');
    const env = { ...Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value])), SECRETS: folder, DATA: folder };
    output(process.execPath, [path.join(root, 'bin/passerelle'), 'check', '--strict', file], env);
    const effective = JSON.parse(output(process.execPath, [path.join(root, 'bin/passerelle'), 'print', '--json', '--config', file], env)) as { server: { port: number; grace: string } };
    expect(container.ports).toEqual([{ name: 'http', containerPort: effective.server.port, protocol: 'TCP' }]);
    const preStop = Number(container.lifecycle?.preStop?.exec?.command.at(-1));
    expect(terminationGracePeriodSeconds).toBeGreaterThan(preStop + Number.parseInt(effective.server.grace, 10));
    expect(effective.server.grace).toMatch(/^\d+s$/);

    await using gateway = Passerelle.run(['start', '--config', file], { env: { ...env, PASSERELLE__SERVER__PORT: '0', PASSERELLE__SERVER__HOST: '127.0.0.1', PASSERELLE__SERVER__WATCH: '50ms' } });
    const [, url] = await gateway.says(/listens on (http:\S+)/);
    for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
      expect(probe?.httpGet.port).toBe('http');
      expect((await fetch(url + (probe?.httpGet.path ?? ''))).status).toBe(200);
    }
    const scrape = await fetch(`${url}/metrics`);
    expect(scrape.status).toBe(200);
    expect(await scrape.text()).toMatch(/^gateway_active_connections \d+$/m);
    const asked = async (): Promise<number> => (await fetch(`${url}/greetings`)).status;
    expect(await asked()).not.toBe(503);
    mount(path.join(folder, overlay), (data['gateway.yaml'] ?? '').replace('path: /hello/**', 'path: /greetings/**'));
    await until('the changed file is followed', async () => (await asked()) === 503);
    expect(JSON.stringify(all('production').filter(({ kind }) => kind === 'HorizontalPodAutoscaler'))).toContain('"name":"gateway_active_connections"');
  }, 180_000);
});
