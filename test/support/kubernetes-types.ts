import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fetchPackage, type NpmPackage } from './npm-package.js';
import { orSkip } from './deploy-tools.js';

/** The API of Kubernetes 1.34, of the Prometheus operator and of the Gateway API, as types made from their schemas. */
const PACKAGES: readonly NpmPackage[] = [
  { name: 'kubernetes-models', version: '5.1.0', integrity: 'sha512-ym4Kiyr8BzGIWj4f853ytVYES1B8C1BdONRP5zodItPD1o//OEKuTwC5nFV3ZJtFGeMqOFbIYkpunSVXSlHS8g==' },
  { name: '@kubernetes-models/apimachinery', version: '3.0.2', integrity: 'sha512-6Vbzr/tinxPBGGdfYjXiV9WPj8PEhyiqGJiWhXrsihK7h6glPj4HKUxZ0YwYXH/5uucm/NVef/xY3vZ4Crj1Fg==' },
  { name: '@kubernetes-models/base', version: '6.0.1', integrity: 'sha512-pXKCFeSoL6RsMxoPDwaJ5JtijVjeuNCacgtYS9dImF7qFdzdc9lcQbem6y6Ug7/K6/bFOWdTu3qIX88IK81o0A==' },
  { name: '@kubernetes-models/prometheus-operator', version: '6.0.0', integrity: 'sha512-ySNW4T6U6Vn86bmcJ/emmAYJ/UrzpNvzxWexWJSALwgiO4FqCgL6WoqFsOReSiMhw/LlF+MljQvoiwD3RnaGmg==' },
  { name: '@kubernetes-models/gateway-api', version: '2.0.0', integrity: 'sha512-e7SY7EkCGRHy5wHkaGhP32v7V1L+gBalfoqZDFDWn5k9Q7+IW6uz9jNWgOZ9R/Hv5NWyAFYaA01ET2qsysVt5A==' },
];

const OWNERS: Readonly<Record<string, string>> = { 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/', 'gateway.networking.k8s.io': '@kubernetes-models/gateway-api/' };

/** What every object of Kubernetes has. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
}

/** @returns the folder the packages are in; `null` where they cannot be had and nobody insists. */
export function kubernetesTypes(): Promise<string | null> {
  return orSkip('The types of Kubernetes', async () => {
    const folders = await Promise.all(PACKAGES.map(fetchPackage));
    return path.resolve(folders[0] as string, '../..');
  });
}

/**
 * What the compiler says of objects as literals of their types: unknown keys, wrong types, what is missing.
 * @param folder of `kubernetesTypes`.
 */
export function typeErrors(folder: string, manifests: readonly Manifest[]): string[] {
  const place = mkdtempSync(path.join(folder, 'check-'));
  try {
    const lines = manifests.map((manifest, index) => {
      const { apiVersion, kind } = manifest;
      const from = (OWNERS[apiVersion.split('/')[0] as string] ?? 'kubernetes-models/') + apiVersion;
      return `import type { I${kind} as T${index} } from '${from}/${kind}'; export const _${index}_${kind}: T${index} = ${JSON.stringify(manifest)};`;
    });
    writeFileSync(path.join(place, 'manifests.ts'), lines.join('\n'));
    const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    const argv = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'preserve', '--moduleResolution', 'bundler', '--types', '', 'manifests.ts'];
    const { stdout } = spawnSync(process.execPath, [tsc, ...argv], { cwd: place, encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line.includes('error TS')).map((line) => line.replace(/^.*\((\d+),.*?\): error /, (_all, at: string) => `${manifests[Number(at) - 1]?.kind} ${manifests[Number(at) - 1]?.metadata.name}: `));
  } finally {
    rmSync(place, { recursive: true });
  }
}
