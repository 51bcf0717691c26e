import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../support/kubernetes-types.js';

export const root = path.resolve(import.meta.dirname, '../..');
export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Objects of a stream of YAML documents. */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text, { merge: true }).map((document) => document.toJS() as Manifest).filter(Boolean);
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext?: Record<string, unknown>;
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext: Record<string, unknown>;
  readonly terminationGracePeriodSeconds?: number;
  readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name: string }; readonly hostPath?: object }[];
  readonly hostNetwork?: boolean;
}

interface WithPod extends Manifest {
  readonly spec: PodSpec & { readonly template?: { readonly metadata: { readonly labels: Record<string, string> }; readonly spec: PodSpec } };
}

/** Pods that an object is or makes. */
export function podsOf(manifests: readonly Manifest[]): { readonly name: string; readonly pod: PodSpec }[] {
  return manifests.filter(({ kind }) => ['Deployment', 'Job', 'Pod'].includes(kind)).map((each) => ({ name: `${each.kind} ${each.metadata.name}`, pod: (each as WithPod).spec.template?.spec ?? (each as WithPod).spec }));
}

export function only<T extends Manifest>(manifests: readonly Manifest[], kind: string, name?: string): T {
  const found = manifests.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
  if (found.length !== 1) throw new Error(`There are ${found.length} of ${kind} ${name ?? ''}`);
  return found[0] as T;
}

/** What the profile “restricted” of the Pod Security Standards asks for, and a read-only root besides. @returns what is missing. */
export function unrestricted(pod: PodSpec): string[] {
  const wrong: string[] = [];
  const say = (holds: boolean, what: string): void => { if (!holds) wrong.push(what); };
  const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext as { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } };
  say(runAsNonRoot === true && (runAsUser ?? 0) > 0, 'runs as root');
  say(seccompProfile?.type === 'RuntimeDefault', 'no seccomp profile');
  say(pod.hostNetwork !== true, 'the network of the host');
  say((pod.volumes ?? []).every((volume) => volume.hostPath === undefined), 'a folder of the host');
  for (const { image, name, resources, securityContext = {} } of pod.containers) {
    say(securityContext['allowPrivilegeEscalation'] === false, `${name}: may gain rights`);
    say(securityContext['readOnlyRootFilesystem'] === true, `${name}: may write to its image`);
    say(JSON.stringify(securityContext['capabilities']) === '{"drop":["ALL"]}', `${name}: capabilities`);
    say(resources?.requests !== undefined && resources.limits !== undefined, `${name}: no resources`);
    say(pinned(image), `${name}: ${image} is not pinned`);
  }
  return wrong;
}

/** Whether an image is of one version: a number with two dots, or a digest. */
export function pinned(image: string): boolean {
  return /:v?\d+\.\d+(?:\.\d+)?[\w.-]*$|@sha256:[0-9a-f]{64}$/.test(image);
}
