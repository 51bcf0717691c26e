import type { Io } from '../io.js';
import { counted } from '../text.js';
import type { Both } from './both.js';
import { pathText } from './changes.js';
import { changesText } from './changes-text.js';
import type { Comparison } from './compare.js';
import { groupsText } from './groups-text.js';
import type { Group } from './tally.js';
import type { Treatment } from './treatment.js';

/** What was compared. */
export interface Compared {
  readonly files: Both<string>;
  /** Name of the log; `null` for none. */
  readonly log: string | null;
}

/** Whether anything at all is not as it was. */
export function differs({ changes, replay }: Comparison): boolean {
  return changes.length > 0 || (replay !== null && replay.otherwise > 0);
}

/** The comparison for tools. */
export function reportData(comparison: Comparison, { files, log }: Compared): unknown {
  const { changes, examples, replay } = comparison;
  return {
    changed: differs(comparison),
    ...files,
    changes: changes.map((change) => ({ ...change, path: pathText(change.path) })),
    examples: examples.map(groupData),
    replay: replay && {
      log, lines: replay.lines, requests: replay.requests, otherwise: replay.otherwise,
      groups: replay.groups.map(groupData),
      settings: replay.settings, elsewhere: replay.elsewhere, skipped: replay.skipped, unknowable: replay.unknowable,
    },
  };
}

function groupData({ aspects, count, example, new: after, old: before }: Group): unknown {
  return { count, aspects, old: treatmentData(before), new: treatmentData(after), example };
}

function treatmentData({ access, pattern, refusal, route, sent, to }: Treatment): unknown {
  return { route, pattern, to, refusal, sent, who: access.who, roles: access.roles };
}

/** The comparison for people. */
export function reportText(comparison: Comparison, { files, log }: Compared, { paint }: Pick<Io, 'paint'>): string {
  const { changes, examples } = comparison;
  const title = `${files.old} → ${files.new}: ${changes.length === 0 ? 'nothing changes' : counted(changes.length, 'change')}`;
  return [
    paint('bold', title),
    ...changesText(changes, { paint }),
    ...(examples.length === 0 ? [] : ['', paint('bold', 'Goes elsewhere, tried with requests made from the patterns of both'), ...groupsText(examples, false, paint)]),
    ...replayText(comparison, log ?? '', paint),
  ].join('\n');
}

function replayText({ replay }: Comparison, log: string, paint: Io['paint']): string[] {
  if (!replay) return [];
  const { elsewhere, groups, otherwise, requests, settings, skipped, unknowable } = replay;
  const named = log === '-' ? 'the log' : log;
  const same = settings.reduce((sum, { count }) => sum + count, 0);
  const routes = settings.slice(0, 5).map(({ count, route }) => `${route} (${count})`).join(', ');
  const notes = [
    ...(same === 0 ? [] : [`${counted(same, 'more request')} would go the same way, by routes whose other settings change: ${routes}${settings.length > 5 ? ', ...' : ''}.`]),
    ...(elsewhere === 0 ? [] : [`${counted(elsewhere, 'request')} took another route when logged than the old file gives: it was another file then, or headers decided.`]),
    ...(skipped.unknown === 0 ? [] : [`${counted(skipped.unknown, 'line')} could not be read.`]),
  ];
  return [
    '', paint('bold', `${named}: ${otherwise} of ${counted(requests, 'request')} would be treated otherwise`),
    ...groupsText(groups, true, paint),
    ...notes.map((note) => `  ${note}`),
    '', paint('dim', 'What a log cannot tell'), ...unknowable.map((line) => paint('dim', `  ${line}`)),
  ];
}
