import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { clusterTools, output } from '../support/deploy-tools.js';
import { kubernetesTypes, typeErrors, type Manifest } from '../support/kubernetes-types.js';
import { manifestsOf, only, podsOf, read, root, unrestricted } from './kubernetes.fixture.js';

const tools = await clusterTools();
const types = await kubernetesTypes();
const chart = path.join(root, 'deploy/helm/passerelle');
const helm = (...argv: string[]): string => output(tools?.helm ?? '', argv);
const rendered = (...argv: string[]): Manifest[] => manifestsOf(helm('template', 'passerelle', chart, '--namespace', 'passerelle', ...argv));

/** Everything there is to turn on. */
const EVERYTHING = {
  nameOverride: 'edge', image: { repository: 'registry.example/passerelle', tag: '9.9.9', pullPolicy: 'Always' }, imagePullSecrets: [{ name: 'registry' }],
  config: 'version: 1\n# {{ not a template }}\n', configFiles: { 'routes.yaml': 'routes: {}\n' }, secret: { name: '', mountPath: '/run/secrets/passerelle' }, autoscaling: { enabled: false }, replicas: 2,
  service: { type: 'LoadBalancer', port: 8080, annotations: { a: 'b' } }, serviceAccount: { create: false, name: 'mine' }, discovery: { enabled: false },
  networkPolicy: { extraIngress: [{ from: [{ podSelector: {} }] }], extraEgress: [{ to: [{ podSelector: {} }] }] }, serviceMonitor: { labels: { release: 'prometheus' } }, prometheusRule: { labels: { release: 'prometheus' } },
  ingress: { enabled: true, tlsSecret: 'tls', annotations: { a: 'b' }, paths: ['/a', '/b'] }, httpRoute: { enabled: true, parentRefs: [{ name: 'public' }], hostnames: ['api.example.org'] },
  podAnnotations: { a: 'b' }, nodeSelector: { a: 'b' }, tolerations: [{ operator: 'Exists' }], affinity: { nodeAffinity: {} },
};

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };

/** An object without what Helm adds to each: its labels, and its hooks. */
function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => !/^helm\.sh\/|^app\.kubernetes\.io\/(?:instance|version|managed-by)$/.test(key))
    .map(([key, each]) => [key, bare(each)] as const)
    .filter(([key, each]) => !(['annotations', 'labels'].includes(key) && Object.keys(each as object).length === 0)));
}

/** Where one of both says what an API server would fill in alike. */
function likened(manifest: Manifest): Json {
  const value = bare(JSON.parse(JSON.stringify(manifest)) as Json) as { kind: string; data?: Record<string, string>; metadata: { labels?: Json }; spec: Record<string, Json> };
  if (value.kind !== 'Service') delete value.metadata.labels;
  const text = value.data?.['gateway.yaml'];
  if (text !== undefined) value.data = { 'gateway.yaml': JSON.stringify(parse(text)) };
  return JSON.parse(JSON.stringify(value).replaceAll('"fsGroupChangePolicy":"OnRootMismatch",', '').replaceAll(',"optional":false', '')) as Json;
}

const byKind = (manifests: readonly Manifest[]): Map<string, Json> => new Map(manifests.map((each) => [each.kind, likened(each)]));

const given = tools === null ? describe.skip : describe;

given('O12: the Helm chart, rendered by helm', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'passerelle-helm-'));
  const values = path.join(folder, 'values.json');
  afterAll(() => rmSync(folder, { recursive: true }));
  const everything = (): Manifest[] => {
    writeFileSync(values, JSON.stringify(EVERYTHING));
    return rendered('--values', values);
  };

  it('has no fault that helm lint knows, and the version of package.json', () => {
    expect(helm('lint', '--strict', chart)).toContain('0 chart(s) failed');
    const { appVersion, version } = parse(read('deploy/helm/passerelle/Chart.yaml')) as { appVersion: string; version: string };
    expect(appVersion).toBe((JSON.parse(read('package.json')) as { version: string }).version);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each([['by default', () => rendered()], ['with everything on', everything]])('is what the API takes, and “restricted” admits, %s', (_what, make) => {
    const made = make();
    if (types !== null) expect(typeErrors(types, made)).toEqual([]);
    expect(podsOf(made).flatMap(({ name, pod }) => unrestricted(pod).map((wrong) => `${name}: ${wrong}`))).toEqual([]);
    expect(podsOf(made).map(({ name }) => name.replace(/ .*/, '')).toSorted()).toEqual(['Deployment', 'Job', 'Pod']);
  });

  it('makes what kustomize makes', () => {
    const theirs = byKind(manifestsOf(output(tools?.kubectl ?? '', ['kustomize', path.join(root, 'deploy/kubernetes/overlays/production')])));
    const ours = byKind(rendered());
    expect(theirs.delete('Namespace')).toBe(true);
    expect(ours.delete('Pod')).toBe(true);
    // The pod of `helm test` may ask too; kustomize has none.
    const { spec } = ours.get('NetworkPolicy') as { spec: { ingress: [{ from: Json[] }] } };
    expect(spec.ingress[0].from.pop()).toEqual({ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'test' } } });
    expect([...ours.keys()].toSorted()).toEqual([...theirs.keys()].toSorted());
    for (const [kind, object] of theirs) expect([kind, ours.get(kind)]).toEqual([kind, object]);
  });

  it('carries a file as it is, and others beside it', () => {
    const { data } = only<Manifest & { data: object }>(everything(), 'ConfigMap');
    expect(data).toEqual({ 'gateway.yaml': EVERYTHING.config, 'routes.yaml': 'routes: {}\n' });
  });

  it('mounts no secret where there is none, and needs no rights where nothing is discovered', () => {
    const text = JSON.stringify(everything());
    expect(text).not.toContain('"secretName":"passerelle"');
    expect(text).not.toContain('SECRETS');
    expect(text).not.toContain('"Role"');
    expect(text).toContain('"automountServiceAccountToken":false,"enableServiceLinks":false,"terminationGracePeriodSeconds"');
  });

  it.each([
    ['an unknown value', ['--set', 'replica=2'], /replica/],
    ['a wrong type', ['--set-string', 'replicas=two'], /replicas/],
    ['the tag latest', ['--set', 'image.tag=latest'], /image\/tag|image\.tag/],
    ['a route for the Gateway API without a gateway', ['--set', 'httpRoute.enabled=true'], /parentRefs/],
    ['more pods at least than at most', ['--set', 'autoscaling.min=20'], /autoscaling\.min is more/],
    ['no time to end', ['--set', 'preStop=40'], /terminationGracePeriod has to be longer/],
  ])('refuses %s', (_what, argv, message) => {
    expect(() => rendered(...argv)).toThrow(message);
  });

  it('describes every value in its schema', () => {
    const { properties } = JSON.parse(read('deploy/helm/passerelle/values.schema.json')) as { properties: Record<string, { properties?: object; $ref?: string }> };
    const defaults = parse(read('deploy/helm/passerelle/values.yaml')) as Record<string, unknown>;
    expect(Object.keys(properties).filter((key) => key !== 'global').toSorted()).toEqual(Object.keys(defaults).toSorted());
  });
});
