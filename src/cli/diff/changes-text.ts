import type { Io } from '../io.js';
import { alignedLines, counted, placed, shown } from '../text.js';
import { pathText, type Change, type Side } from './changes.js';
import type { Effect } from './effect.js';

const TITLES: Readonly<Record<Effect, string>> = {
  restart: 'Needs a restart',
  connections: 'Takes effect with a reload, which replaces connections to targets',
  state: 'Takes effect with a reload, after which breakers, budgets, limits or caches begin anew',
  hot: 'Takes effect with a reload',
};
const MARKS = { added: '+', removed: '-', changed: '~' } as const;
const STYLES = { added: 'green', removed: 'red', changed: 'yellow' } as const;
/** Sections whose entries inherit the same settings. */
const LAYERED: ReadonlySet<string> = new Set(['defaults', 'routes', 'endpoints']);
/** Names that are listed before they are only counted. */
const LISTED = 3;
const WIDTH = 100;

/** The changes for people, by what it takes to put them in force; the same change of many routes is told once. */
export function changesText(changes: readonly Change[], { paint }: Pick<Io, 'paint'>): string[] {
  return (Object.keys(TITLES) as Effect[]).flatMap((effect) => {
    const same = [...Map.groupBy(changes.filter((change) => change.effect === effect), sameness).values()];
    return same.length === 0 ? [] : ['', paint('bold', TITLES[effect]), ...same.flatMap((group) => groupLines(group, paint))];
  });
}

/** What makes two changes one for a reader: the same setting, values and places. */
function sameness(change: Change): string {
  const below = belowOf(change);
  return below === null ? JSON.stringify(change.path) : JSON.stringify([change.kind, below, change.old, change.new]);
}

/** The path below what inherits; `null` where nothing does. */
function belowOf({ path }: Change): readonly string[] | null {
  const [section = ''] = path;
  const below = path.slice(section === 'defaults' ? 1 : 2);
  return LAYERED.has(section) && below.length > 0 ? below : null;
}

function groupLines(group: readonly Change[], paint: Io['paint']): string[] {
  const [first] = group as [Change, ...Change[]];
  const below = belowOf(first);
  const title = group.length === 1 || below === null ? pathText(first.path) : `${pathText(below)} of ${ownersText(group)}`;
  const meanings = new Set(group.filter(({ path: [section] }) => group.length === 1 || section !== 'defaults').map((change) => change.meaning));
  const meaning = meanings.size === 1 ? [...meanings].join('') : '';
  return [
    `  ${paint(STYLES[first.kind], MARKS[first.kind])} ${title}`,
    ...alignedLines(sideRows(first)).map((line) => `      ${line}`),
    ...(meaning === '' ? [] : [`      ${paint('dim', meaning)}`]),
  ];
}

function ownersText(group: readonly Change[]): string {
  const names = (section: string): string[] => group.filter(({ path }) => path[0] === section).map(({ path }) => path[1] ?? '');
  const list = (section: 'route' | 'endpoint'): string[] => {
    const all = names(`${section}s`);
    if (all.length === 0) return [];
    return [all.length > LISTED ? counted(all.length, section) : `the ${section}${all.length === 1 ? '' : 's'} ${all.join(', ')}`];
  };
  const owners = [...(names('defaults').length > 0 ? ['defaults'] : []), ...list('route'), ...list('endpoint')];
  return owners.length < 2 ? owners.join('') : `${owners.slice(0, -1).join(', ')} and ${owners.at(-1)}`;
}

function sideRows({ old: before, new: after }: Change): string[][] {
  const [from, to] = [valueText(before), valueText(after)];
  const alike = before !== null && after !== null && from === to;
  return [
    ...(before ? [['was', from, originText(before)]] : []),
    ...(after ? [[before ? 'is' : 'now', alike ? `${to}, but not the same` : to, originText(after)]] : []),
  ];
}

function valueText(side: Side | null): string {
  const value = side?.value;
  const text = side === null ? '' : shown(Array.isArray(value) ? value.map(itemText) : value).replaceAll(/\s+/g, ' ');
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 3)}...` : text === '' ? '""' : text;
}

interface TargetValue {
  readonly url: string;
  readonly weight: number;
  readonly zone: string;
  readonly priority: number;
}

/** A target as its address; its place among others only where it has one. */
function itemText(item: unknown): unknown {
  if (!isTarget(item)) return item;
  const { priority, url, weight, zone } = item;
  return [url, ...(weight === 1 ? [] : [`weight ${weight}`]), ...(zone === '' ? [] : [`zone ${zone}`]), ...(priority === 0 ? [] : [`priority ${priority}`])].join(' ');
}

function isTarget(item: unknown): item is TargetValue {
  return typeof item === 'object' && item !== null && Object.keys(item).sort().join() === 'priority,url,weight,zone';
}

function originText(side: Side): string {
  return side.layer === 'default' ? 'default' : placed(side);
}
