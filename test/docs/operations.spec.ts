import { readdirSync } from 'node:fs';
import path from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';
import { problemCatalogue } from '#libs/kernel';
import { anchorsOf, fencesOf, filesEnding, linksOf, pages, read, root } from './markdown.js';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string; readonly annotations?: { readonly runbook: string } }[] }[];
}

const TROUBLESHOOTING = 'docs/operations/troubleshooting.md';
const prose = (page: string): string => read(page).replaceAll(/^```[\w-]*\n.*?^```$/gms, '');
/** Names of prom-client's series, which are not ours to define. */
function processSeries(): ReadonlySet<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return new Set(registry.getMetricsAsArray().map(({ name }) => name));
}

const operations = pages.filter((page) => page.startsWith('docs/operations/'));

describe('O14: docs/operations/troubleshooting.md', () => {
  const text = read(TROUBLESHOOTING);
  const alerts = ['rules', 'platforms'].flatMap((folder) => filesEnding('.yml', `deploy/prometheus/${folder}`))
    .flatMap((file) => (parse(read(file)) as Rules).groups).flatMap(({ rules }) => rules)
    .flatMap(({ alert, annotations }) => (alert === undefined ? [] : [[alert, annotations?.runbook ?? ''] as const]));

  it.each(alerts)('%s has a section where its runbook points to, which begins with its name', (alert, runbook) => {
    const [file, anchor = ''] = runbook.split('#');
    expect([file, anchorsOf(text).has(anchor)]).toEqual([TROUBLESHOOTING, true]);
    const section = text.split(/^#+ /m).find((part) => anchorsOf(`# ${part}`).has(anchor)) ?? '';
    expect(section.split('\n').slice(1).join('\n').trim().startsWith(`\`${alert}\``)).toBe(true);
  });

  it('has no section of an alert that there is not', () => {
    const named = [...text.matchAll(/^### .+\n\n`(\w+)`/gm)].map(([, name = '']) => name);
    expect(named.toSorted()).toEqual(alerts.map(([alert]) => alert).toSorted());
  });

  it('tells of every problem', () => {
    expect(problemCatalogue().map(({ code }) => code).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it('has every symptom', () => {
    const titles = [...text.matchAll(/^## (\w+)/gm)].map(([, word]) => word);
    expect(titles).toEqual(expect.arrayContaining(['401', '403', '404', '413', '429', '499', '502', '503', '504', 'Slow', 'Memory', 'Reload', 'WebSocket', 'CORS']));
  });
});

describe('O14: what pages of operations name is there', () => {
  const sources = ['src', 'libs'].flatMap((folder) => filesEnding('.ts', folder)).filter((file) => !/\.(?:spec|fixture)\.ts$/.test(file)).map((file) => read(file)).join('\n');
  const metrics = read('docs/metrics.md');
  const defaults = processSeries();

  it.each(operations)('%s: metrics', (page) => {
    const named = new Set([...read(page).matchAll(/\b(?:gateway|nodejs|process)_\w+/g)].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, '')));
    expect([...named].filter((name) => !metrics.includes(`\`${name}\``) && !sources.includes(name) && !defaults.has(name))).toEqual([]);
  });

  it.each(operations)('%s: what the log says', (page) => {
    const said = [...prose(page).matchAll(/“([^”]+)”/g)].flatMap(([, quote = '']) => quote.split('…')).map((part) => part.trim()).filter((part) => /\w \w/.test(part));
    expect(said.filter((part) => !sources.includes(part))).toEqual([]);
  });
});

describe('O14: the map of docs/operations', () => {
  it('has every page', () => {
    const linked = new Set(linksOf(read('docs/operations/README.md')));
    expect(readdirSync(path.join(root, 'docs/operations')).filter((name) => name.endsWith('.md') && name !== 'README.md' && !linked.has(name))).toEqual([]);
  });

  it('is linked page by page from docs/README.md', () => {
    const linked = new Set(linksOf(read('docs/README.md')));
    expect(operations.map((page) => page.slice('docs/'.length)).filter((page) => !linked.has(page))).toEqual([]);
  });

  it('has commands to go by', () => expect(operations.flatMap((page) => fencesOf(read(page))).length).toBeGreaterThan(15));
});
