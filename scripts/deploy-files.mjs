// Writes what stands in deploy/ a second time, because Kubernetes, Helm and Swarm each want it in a form or a folder of
// their own: the alert rules, and the configuration of the chart. `--check` writes nothing and fails where it would.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';

const deploy = path.resolve(import.meta.dirname, '../deploy');
const read = (file) => readFileSync(path.join(deploy, file), 'utf8');
const rules = readdirSync(path.join(deploy, 'prometheus/rules')).filter((name) => name.endsWith('.yml')).toSorted();
const groups = rules.flatMap((name) => parse(read(`prometheus/rules/${name}`)).groups);
const note = (from) => `# Made from ${from} by scripts/deploy-files.mjs: edit that.\n`;
const print = (value) => stringify(value, { lineWidth: 0 });

/** A text with what is between two comments replaced. */
function filledIn(text, name, lines) {
  const part = new RegExp(`^( *)# <${name}: .*>\\n[^]*?^ *# </${name}>$`, 'm');
  if (!part.test(text)) throw new Error(`There is no part "${name}"`);
  return text.replace(part, (_whole, indent) => [`# <${name}: scripts/deploy-files.mjs>`, ...lines, `# </${name}>`].map((line) => indent + line).join('\n'));
}

/** A config of Swarm never changes: its name has a hash of what it is. */
function config(source, file, text) {
  return `${source}: { name: passerelle-${source}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}, file: ${file} }`;
}

// In a swarm the name of a service is one address for all its copies; this one is each of them.
const swarmPrometheus = note('deploy/prometheus/prometheus.yml') + read('prometheus/prometheus.yml').replace('names: [gateway]', 'names: [tasks.gateway]');
const stack = ['redis/redis.conf', 'consul/agent.json'].map((file) => [path.dirname(file), `../docker/${file}`, read(`docker/${file}`)])
  .concat([['prometheus', 'prometheus.yml', swarmPrometheus]], rules.map((name) => [`rules-${path.basename(name, '.yml')}`, `../prometheus/rules/${name}`, read(`prometheus/rules/${name}`)]));

const files = {
  'kubernetes/overlays/production/prometheus-rule.yaml': note('deploy/prometheus/rules') + print({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'passerelle' }, spec: { groups } }),
  'helm/passerelle/files/rules.yaml': note('deploy/prometheus/rules') + print({ groups }),
  'helm/passerelle/files/gateway.yaml': note('deploy/kubernetes/overlays/production/gateway/gateway.yaml') + read('kubernetes/overlays/production/gateway/gateway.yaml').replace(/^# yaml-language-server.*\n/, ''),
  'swarm/prometheus.yml': swarmPrometheus,
  'swarm/stack.yaml': filledIn(
    filledIn(read('swarm/stack.yaml'), 'rules', rules.map((name) => `- { source: rules-${path.basename(name, '.yml')}, target: /etc/prometheus/rules/${name}, mode: 0444 }`)),
    'files', stack.map((each) => config(...each)),
  ),
};

const stale = Object.entries(files).filter(([file, text]) => {
  try {
    return read(file) !== text;
  } catch {
    return true;
  }
});
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`deploy/${file} is not what scripts/deploy-files.mjs makes`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) writeFileSync(path.join(deploy, file), text);
}
