import { fileURLToPath } from 'node:url';
import { closedLoop } from '../lib/closed-loop.mjs';
import { stop } from '../lib/processes.mjs';
import { say } from '../lib/say.mjs';
import { itemsFile, startGateway } from './gateway.mjs';
import { Helper } from './helper.mjs';
import { startService } from './services.mjs';
import { round, watchMemory } from './watch.mjs';

const DEADLINE_MS = 2000;
const CONNECTIONS = 1024;
const BEFORE_SECONDS = 2;
const AFTER_SECONDS = 10;
const SLOW = { SLOTS: '20', TAKES_MS: '20' };
const SLOW_SERVICE = fileURLToPath(new URL('slow-service.mjs', import.meta.url));
/** Of ten requests. */
const REQUESTS = [
  { name: 'critical', path: '/api/v1/items/42', share: 2 },
  { name: 'normal', path: '/api/v1/normal/42', share: 3 },
  { name: 'low', path: '/api/v1/low/42', share: 5 },
];
const file = (targets, concurrency) => itemsFile({
  targets, more: concurrency && `concurrency: ${concurrency}`, priority: 'priority: critical',
  routes: '  normal: { match: { path: /api/v1/normal/** }, to: items }\n  low: { match: { path: /api/v1/low/** }, to: items, priority: low }',
});

/**
 * Twice as many requests as can be answered, on a clock that waits for nobody; half as many before and after. Clients give up
 * after two seconds. What there is too little of is either the gateway's own core, or the service behind it.
 */
export async function overload({ dir, seconds, services: { fast } }) {
  const rows = {};
  const able = {};
  const one = async (name, targets, concurrency) => {
    say(name);
    const [who] = name.split(' has');
    const row = await startGateway(name.replaceAll(/\W+/g, '-'), file(targets, concurrency), dir);
    // A gateway that has never been busy would be compiled while it is measured. Few enough that no limit turns one away.
    await closedLoop(row, { connections: 4, seconds: 2, dir });
    able[who] ??= (await closedLoop(row, { connections: targets === fast ? 64 : Number(SLOW.SLOTS), seconds: 3, dir })).requestsPerSecond;
    rows[name] = await press(row, able[who], seconds);
    stop(row.child);
  };
  for (const [what, concurrency] of [['nothing set', undefined], ['concurrency and priorities', '{ max: 256, queue: 256, wait: 100ms }']]) await one(`the gateway has too little, ${what}`, fast, concurrency);
  for (const [what, concurrency] of [['nothing set', undefined], ['concurrency and priorities', '{ max: 24, queue: 48, wait: 100ms }'], ['adaptive concurrency and priorities', '{ adaptive: {}, queue: 48, wait: 100ms }']]) {
    // A new one each time: the line of the one before is still long.
    const slow = await startService(SLOW_SERVICE, { dir, env: SLOW });
    await one(`the service has too little, ${what}`, slow.url, concurrency);
    stop(slow.child);
  }
  return { rows, objectives: objectives(rows) };
}

async function press(row, capacity, seconds) {
  const phases = [{ rate: capacity / 2, seconds: BEFORE_SECONDS }, { rate: capacity * 2, seconds }, { rate: capacity / 2, seconds: AFTER_SECONDS }];
  const memory = watchMemory(row, 500);
  const generator = new Helper('generator.mjs', { port: row.port, phases, requests: REQUESTS, connections: CONNECTIONS, deadlineMs: DEADLINE_MS });
  const { lagP99Ms, phases: [, pressed] } = await generator.says();
  const { peak } = memory.stop();
  const all = (outcome) => Object.values(pressed.kinds).reduce((sum, { outcomes }) => sum + (outcomes[outcome] ?? 0), 0);
  const share = (name) => {
    const { outcomes = {} } = pressed.kinds[name] ?? {};
    return `${round(((outcomes['200'] ?? 0) / Object.values(outcomes).reduce((a, b) => a + b, 0)) * 100, 1)} %`;
  };
  const answered = all('200');
  const gaveUp = all('too late') + all('no connection');
  return {
    'capacity/s': round(capacity), 'offered/s': round(pressed.count / pressed.seconds), 'answered/s': round(answered / pressed.seconds), 'of capacity': `${round((answered / pressed.seconds / capacity) * 100)} %`,
    '503/s': round(all('503') / pressed.seconds), 'gave up/s': round(gaveUp / pressed.seconds), 'other': pressed.count - answered - all('503') - gaveUp,
    'critical': share('critical'), 'normal': share('normal'), 'low': share('low'),
    'p50 ms': round(pressed.latency.p50, 1), 'p99 ms': round(pressed.latency.p99, 1), 'peak MB': round(peak),
    'well again after s': pressed.wellAfterMs === null ? 'not in time' : pressed.wellAfterMs / 1000, 'generator late p99 ms': round(lagP99Ms, 1),
  };
}

function objectives(rows) {
  const guarded = rows['the service has too little, concurrency and priorities'];
  // `concurrency` is for services: to a gateway that has too little itself every limit is one more thing to do.
  const own = rows['the gateway has too little, nothing set'];
  const number = (text) => Number.parseFloat(text);
  // As bad as can be seen.
  const seconds = (value) => (value === 'not in time' ? AFTER_SECONDS : value);
  const worst = (column) => Math.max(...Object.values(rows).map((row) => row[column]));
  return [
    { what: 'answered of what the service can, with concurrency', unit: '%', limit: 90, atLeast: true, value: number(guarded['of capacity']) },
    { what: 'critical requests answered, with priorities', unit: '%', limit: 99, atLeast: true, value: number(guarded.critical) },
    { what: 'answered of what the gateway can, with nothing set', unit: '%', limit: 60, atLeast: true, value: number(own['of capacity']) },
    { what: 'well again after the overload of the service, with concurrency', unit: 's', limit: 2, value: seconds(guarded['well again after s']) },
    { what: 'well again after the overload of the gateway, with nothing set', unit: 's', limit: 2, value: seconds(own['well again after s']) },
    { what: 'memory at its peak, the worst of them', unit: 'MB', limit: 512, value: worst('peak MB') },
  ];
}
