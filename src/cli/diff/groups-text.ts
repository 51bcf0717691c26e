import type { Paint } from '../io.js';
import { alignedLines } from '../text.js';
import type { Group } from './tally.js';
import type { Aspect, Treatment } from './treatment.js';

/** Groups for people, each with its routes, what is not as it was, and an example. */
export function groupsText(groups: readonly Group[], counts: boolean, paint: Paint): string[] {
  const width = Math.max(0, ...groups.map(({ count }) => String(count).length));
  return groups.flatMap((group) => {
    const mark = counts ? `${String(group.count).padStart(width)}  ` : '';
    const rows = group.aspects.map((aspect) => [LABELS[aspect], ROWS[aspect](group.old, group.new)]);
    return [
      `  ${paint('yellow', mark)}${titleOf(group)}`,
      ...alignedLines([...rows, ['e.g.', exampleText(group)]]).map((line) => `  ${' '.repeat(mark.length)}  ${line}`),
    ];
  });
}

const LABELS: Readonly<Record<Aspect, string>> = { destination: 'goes to', path: 'sent as', access: 'who may', route: 'settings' };

const ROWS: Readonly<Record<Aspect, (before: Treatment, after: Treatment) => string>> = {
  destination: (before, after) => `${endOf(before)} → ${endOf(after)}`,
  path: (before, after) => `${before.sent ?? '?'} → ${after.sent ?? '?'}`,
  access: (before, after) => (before.access.who === after.access.who ? `${before.access.who}, but ${rolesText(before, after)}` : `${before.access.who} → ${after.access.who}`),
  route: () => 'those of another route',
};

function titleOf({ new: after, old: before }: Group): string {
  const [from, to] = [routeText(before), routeText(after)];
  return from === to ? from : `${from} → ${to}`;
}

function routeText({ pattern, route }: Treatment): string {
  return route === null ? 'no route' : `${route} ${pattern}`;
}

function endOf({ refusal, sent, to }: Treatment): string {
  return refusal ?? (sent === null ? `${to}` : `${to} (${sent})`);
}

/** Which roles suffice no longer, and which do now. */
function rolesText(before: Treatment, after: Treatment): string {
  const lost = before.access.roles.filter((role) => !after.access.roles.includes(role));
  const won = after.access.roles.filter((role) => !before.access.roles.includes(role));
  const parts = [...(lost.length > 0 ? [`no longer ${lost.join(', ')}`] : []), ...(won.length > 0 ? [`now ${won.join(', ')} too`] : [])];
  return parts.join(' and ') || 'signed in otherwise';
}

function exampleText({ example: { host, line, method, target } }: Group): string {
  return `${method} ${host === '' ? '' : `http://${host}`}${target}${line === null ? '' : ` (line ${line})`}`;
}
