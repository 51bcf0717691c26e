import { formatHttpDate } from '#libs/http-cache';
import { Problem, problems, type Clock, type Exchange, type Guard, type HeaderList } from '#libs/kernel';
import { deprecationOf, momentOf, type Deprecation, type RouteSettings, type VersionsConfig } from '../config/index.js';

/** What a route says of its going away. */
export interface Farewell {
  /** Adds it to an answer. */
  readonly head: (exchange: Exchange, headers: HeaderList) => void;
  /** Refuses what has ended; `null` where everything is served whatever its date. */
  readonly guard: Guard | null;
}

/** What is told of one kind of call, put together once. */
interface Notice {
  /** Flat list of fields that replace a service's own. */
  readonly fields: readonly string[];
  /** Links but that to the same path of another version. */
  readonly links: readonly string[];
  /** Version whose same path takes this one's place; `null` for none. */
  readonly successor: string | null;
  /** One field with all warnings; `null` for none. */
  readonly warnings: string | null;
  /** From when on it is gone, in milliseconds since the epoch; `Infinity` for never. */
  readonly goneAt: number;
}

const CALLS = [true, false];

/**
 * Compiles `deprecate` of a route with what `versions` says: one notice for each version, and one for calls that do not
 * name theirs. RFC 9745 (`Deprecation`), RFC 8594 (`Sunset`), RFC 8288 and 5829 (`Link`), RFC 7234 5.5 (`Warning`).
 * @returns `null` where nothing is told.
 */
export function compileFarewell(own: RouteSettings['deprecate'], versions: VersionsConfig | undefined, clock: Clock): Farewell | null {
  const notices = new Map<string | null, { readonly named: Notice | null; readonly unnamed: Notice | null }>();
  for (const version of [null, ...(versions?.names ?? [])]) {
    const [named = null, unnamed = null] = CALLS.map((asked) => noticeOf(deprecationOf(own, versions, { version, named: asked }), versions));
    if (named !== null || unnamed !== null) notices.set(version, { named, unnamed });
  }
  if (notices.size === 0) return null;
  const find = ({ version, versionNamed }: Exchange): Notice | null => {
    const found = notices.get(version);
    return found === undefined ? null : versionNamed ? found.named : found.unnamed;
  };
  const ends = [...notices.values()].some(({ named, unnamed }) => [named, unnamed].some((notice) => notice !== null && notice.goneAt !== Number.POSITIVE_INFINITY));
  return {
    head: (exchange, headers) => {
      const notice = find(exchange);
      if (notice !== null) tell(notice, exchange, headers);
    },
    guard: ends ? { early: true, admit: (exchange) => refuse(find(exchange), exchange, clock) } : null,
  };
}

function refuse(notice: Notice | null, { version }: Exchange, clock: Clock): void {
  if (notice === null || clock.now() < notice.goneAt) return;
  const sunset = new Date(notice.goneAt).toISOString();
  throw new Problem(problems.gone, `${version === null ? 'This' : `Version ${version} of this`} was offered until ${sunset}`, { members: { sunset } });
}

/** Links and warnings of a service stand beside ours: lists may come in several fields (RFC 9110 5.3). */
function tell({ fields, links, successor, warnings }: Notice, { servicePath }: Exchange, headers: HeaderList): void {
  for (let i = 0; i < fields.length; i += 2) headers.set(fields[i] as string, fields[i + 1] as string);
  const all = successor === null || servicePath === '' ? links : [...links, link(`/${successor}${unquoted(servicePath)}`, 'successor-version')];
  if (all.length > 0) headers.append('Link', all.join(', '));
  if (warnings !== null) headers.append('Warning', warnings);
}

function noticeOf(deprecation: Deprecation | null, versions: VersionsConfig | undefined): Notice | null {
  if (deprecation === null) return null;
  const { dates, link: about, policy, since, successor, sunset, warnings } = deprecation;
  const end = typeof sunset === 'string' ? { at: sunset, after: 'serve' as const } : sunset;
  const ofVersion = successor !== undefined && versions?.names.includes(successor) === true;
  const links = [[about, 'deprecation'], [policy, 'sunset'], [ofVersion ? undefined : successor, 'successor-version']] as const;
  return {
    fields: [
      ...(since === undefined ? [] : ['Deprecation', sinceText(since, dates === 'written')]),
      ...(end === undefined ? [] : ['Sunset', dates === 'written' ? end.at : formatHttpDate(momentOf(end.at) as number)]),
    ],
    links: links.flatMap(([target, relation]) => (target === undefined ? [] : [link(target, relation)])),
    successor: ofVersion ? successor : null,
    warnings: warnings.length === 0 ? null : warnings.map(warning).join(', '),
    goneAt: end?.after === 'gone' ? (momentOf(end.at) as number) : Number.POSITIVE_INFINITY,
  };
}

/** RFC 9745 2.1: a Date of RFC 9651 3.3.7, seconds after an `@`. */
function sinceText(since: string | true, written: boolean): string {
  if (since === true || since === 'true') return 'true';
  return written ? since : `@${Math.floor((momentOf(since) as number) / 1_000)}`;
}

function link(target: string, relation: string): string {
  return `<${target}>; rel="${relation}"`;
}

/** RFC 7234 5.5: a whole warning of the file stays as it is; words get the code for those that persist, and no name of ours. */
function warning(text: string): string {
  return /^\d{3} \S+ "/.test(text) ? text : `299 - "${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** What a path may hold and what stands between `<` and `>` may not. */
function unquoted(path: string): string {
  return /[<>"]/.test(path) ? path.replaceAll(/[<>"]/g, encodeURIComponent) : path;
}
