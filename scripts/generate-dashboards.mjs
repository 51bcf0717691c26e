// Writes deploy/grafana/dashboards from the descriptions in deploy/grafana/source. With --check it writes nothing and fails
// when a dashboard is not what it should be.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { dashboard } from './dashboard.mjs';

const source = new URL('../deploy/grafana/source/', import.meta.url);
const target = new URL('../deploy/grafana/dashboards/', import.meta.url);

const stale = readdirSync(source).filter((name) => name.endsWith('.yaml')).flatMap((name) => {
  const own = name.replace('.yaml', '');
  const text = `${JSON.stringify(dashboard(own, parse(readFileSync(new URL(name, source), 'utf8'))), null, 1)}\n`;
  return read(new URL(`${own}.json`, target)) === text ? [] : [[`${own}.json`, text]];
});
if (process.argv.includes('--check')) {
  for (const [name] of stale) process.stderr.write(`deploy/grafana/dashboards/${name} is not up to date: run node scripts/generate-dashboards.mjs\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, text] of stale) writeFileSync(new URL(name, target), text);
  process.stdout.write(stale.length > 0 ? `written: ${stale.map(([name]) => name).join(', ')}\n` : 'all dashboards are up to date\n');
}

function read(url) {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return null;
  }
}
