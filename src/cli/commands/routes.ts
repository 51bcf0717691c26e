import type { Command } from 'commander';
import { RouteTable } from '#libs/routing';
import { loadConfig, routeEntries, type GatewayConfig, type RouteSettings, type TableLine } from '../../config/index.js';
import { endingsOf } from '../endings.js';
import { EXIT } from '../failure.js';
import type { Io } from '../io.js';
import { loadOptions, withConfig, type CommonOptions } from '../options.js';
import { aligned, placed, shown } from '../text.js';
import { whoMay } from '../who-may.js';

interface Line {
  readonly name: string;
  readonly kind: TableLine['kind'];
  readonly methods: readonly string[];
  readonly hosts: readonly string[];
  readonly patterns: readonly string[];
  /** A service, or the built-in that answers. */
  readonly to: string;
  readonly who: string;
  readonly path: RouteSettings['path'];
  readonly policies: readonly string[];
  /** What goes away of it; empty for nothing. */
  readonly ends: string;
  readonly file: string;
  readonly line: number;
}

export function routesCommand(program: Command, io: Io, done: (code: number) => void): void {
  withConfig(program.command('routes').description('list the routes in the order of precedence, built-in endpoints included'))
    .action(async ({ config: file, json }: CommonOptions) => {
      const { config } = await loadConfig(loadOptions(file, io));
      const lines = linesOf(config);
      io.out(json ? JSON.stringify(lines, null, 2) : table(lines, io));
      done(EXIT.good);
    });
}

function linesOf(config: GatewayConfig): Line[] {
  const entries = routeEntries(config);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const routeTable = new RouteTable(entries.map((entry) => ({ ...entry, value: null })), config.versions);
  // A request that no pattern takes: what comes back is the order of precedence and nothing else.
  const { routes } = routeTable.explain({ method: '', path: '*', query: '', host: '', headers: {} });
  return routes.map(({ name }) => lineOf(byName.get(name) as TableLine, config));
}

function lineOf({ kind, key, name, match }: TableLine, config: GatewayConfig): Line {
  const route = kind === 'route' ? config.routes[key] : undefined;
  const endpoint = kind === 'endpoint' ? config.endpoints[key] : undefined;
  const settings = (route ?? endpoint ?? config.defaults) as RouteSettings;
  const { file, line } = config.originOf([kind === 'route' ? 'routes' : 'endpoints', key]) ?? { file: '', line: 0 };
  return {
    name, kind,
    methods: match.methods ?? [], hosts: match.hosts ?? [], patterns: match.path,
    to: route?.to ?? (route?.aggregate ? Object.values(route.aggregate.calls).map(({ to }) => to).join(' + ') : `(${endpoint?.serve})`),
    who: whoMay(settings), path: settings.path, policies: (route ?? endpoint)?.use ?? [],
    ends: endingsOf(match, settings, config.versions),
    file, line,
  };
}

function table(lines: readonly Line[], io: Io): string {
  const hosted = lines.some(({ hosts }) => hosts.length > 0);
  const ending = lines.some(({ ends }) => ends !== '');
  const rows = lines.map(({ ends, file, hosts, line, methods, name, path, patterns, to, who }) => [
    patterns.join(' '), methods.join(' ') || 'all methods', ...(hosted ? [hosts.join(' ') || 'any host'] : []), name, to, rewrite(path), ...(ending ? [ends] : []), who, placed({ file, line }),
  ]);
  const head = ['PATTERN', 'METHODS', ...(hosted ? ['HOST'] : []), 'ROUTE', 'TO', 'PATH', ...(ending ? ['ENDS'] : []), 'WHO MAY', 'WRITTEN'];
  const [header, ...body] = aligned([head, ...rows]);
  const open = lines.map(({ who }) => who === 'public');
  return [
    io.paint('dim', (header as string[]).join('  ')),
    ...body.map((cells, index) => cells.map((cell, column) => (column === cells.length - 2 ? io.paint(open[index] ? 'yellow' : 'green', cell) : cell)).join('  ')),
  ].join('\n');
}

function rewrite(path: RouteSettings['path']): string {
  if (path === 'keep') return 'keep';
  const { prefix, replace, strip, template } = path;
  return [
    ...(strip === undefined ? [] : [`strip ${strip}`]),
    ...(prefix === undefined ? [] : [`prefix ${prefix}`]),
    ...(replace === undefined ? [] : [`${shown(replace.from)} > ${replace.to}`]),
    ...(template === undefined ? [] : [template]),
  ].join(', ');
}
