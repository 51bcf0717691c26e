// Draws the dashboards of deploy/grafana from what a Prometheus answers, one PNG each: there is no Grafana in a test. It
// asks the queries that Grafana would ask and keeps to sizes, units, thresholds and texts of the panels; the drawing is ours.
//   node scripts/render-dashboards.mjs http://localhost:9090 pictures 3600 'service=orders|payments'
// The third argument is how many seconds to show, further ones choose values of variables. Needs Chromium: where CHROMIUM says,
// or where Debian has it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { smallPng } from './small-png.mjs';

const require = createRequire(import.meta.url);
const folder = new URL('../deploy/grafana/dashboards/', import.meta.url);
const [prometheus, target, seconds = '3600', ...choices] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: render-dashboards.mjs <address of Prometheus> <folder> [seconds] [variable=value ...]');

/** Columns that a graph is drawn from. */
const POINTS = 150;
const chosen = Object.fromEntries(choices.map((choice) => choice.split('=')));
const end = Math.floor(Date.now() / 1_000);
const range = Number(seconds);
const step = Math.max(1, Math.ceil(range / POINTS));

mkdirSync(target, { recursive: true });
const uplot = require.resolve('uplot/dist/uPlot.iife.min.js');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
try {
  const page = await browser.newPage({ viewport: { width: 1_200, height: 800 } });
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const dashboard = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const panels = await Promise.all(dashboard.panels.map(async (panel) => ({ ...panel, answers: await Promise.all((panel.targets ?? []).map(ask)) })));
    await page.setContent('<!doctype html><meta charset="utf-8"><body></body>');
    await page.addStyleTag({ path: require.resolve('uplot/dist/uPlot.min.css') });
    await page.addScriptTag({ path: uplot });
    await page.addScriptTag({ path: new URL('render-dashboards.page.js', import.meta.url).pathname });
    await page.evaluate((data) => globalThis.draw(data), { title: dashboard.title, panels, start: end - range, end, step });
    writeFileSync(join(target, name.replace('.json', '.png')), await smallPng(page, await page.screenshot({ fullPage: true })));
  }
} finally {
  await browser.close();
}

/** What Prometheus has for a query of a panel: a moment for a table, else the whole range. */
async function ask({ expr, instant, legendFormat }) {
  const query = expr.replaceAll('$__rate_interval', `${Math.max(4, step + 1)}s`).replaceAll(/\$(instance|service|route)\b/g, (_all, name) => chosen[name] ?? '.*');
  const parameters = instant ? { query, time: end } : { query, start: end - range, end, step };
  const response = await fetch(`${prometheus}/api/v1/${instant ? 'query' : 'query_range'}?${new URLSearchParams(parameters)}`);
  const { data, error } = await response.json();
  if (error !== undefined) throw new Error(`${query}: ${error}`);
  return { legendFormat, series: data.result };
}
