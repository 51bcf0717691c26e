import { z } from 'zod';
import { moment, momentOf } from './moment.js';
import { mapOf, name } from './values.js';

/** RFC 8288 3: what may stand between `<` and `>`. */
const reference = () => z.string().regex(/^[^\s<>"]+$/, { error: 'expected a URL, or a path of this gateway' });
/** RFC 9110 5.6.4: what a header can carry between quotes. */
const words = () => z.string().regex(/^[\t\x20-\x7e\x80-\xff]+$/, { error: 'expected text that fits in a header: one line, in Latin letters' });
const since = () => z.union([z.literal(true), z.literal('true'), moment()]);

const sunset = z.union([
  moment(),
  z.strictObject({
    at: moment().describe('The date.'),
    after: z.enum(['serve', 'gone']).default('serve').describe('From that date on: requests are served as before, or get 410 `gone`. Default: serve. Danger: with `gone`, clients that nobody told stop working at that moment.'),
  }),
]);

const fields = {
  since: since().optional().describe('Since when, or from when on: `2025-01-31`, a time, an HTTP date. Sent as `Deprecation` (RFC 9745). `true` sends `Deprecation: true`, as before there was a standard. Default: the field is not sent.'),
  sunset: sunset.optional().describe('When it ends: a date, or `{ at, after }`. Sent as `Sunset` (RFC 8594); not before `since`. Default: the field is not sent.'),
  link: reference().optional().describe('Page that tells about it: `Link` with rel="deprecation". Default: none.'),
  policy: reference().optional().describe('Page that tells how things end here: `Link` with rel="sunset". Default: none.'),
  successor: reference().optional().describe('What to use instead: `Link` with rel="successor-version" (RFC 5829). A URL, or the name of a version, which stands for the same path of that version. Default: none.'),
  warning: words().optional().describe('Words for people, sent as `Warning: 299 - "..."` (RFC 7234 5.5; obsolete, but clients show it). Default: none.'),
  dates: z.enum(['rfc', 'written']).optional().describe('How dates are sent: in the form of the standards, or as they are written here, for clients that are older than those. Default: rfc.'),
};

/** What is told of something that is going away. */
const deprecateSchema = z.strictObject(fields).superRefine((value, context) => {
  if (endsBeforeItBegins(value)) context.addIssue({ code: 'custom', path: ['sunset'], message: 'the sunset may not be before the deprecation (RFC 9745 4)' });
});

export const deprecateSetting = z.union([z.literal('off').describe('Nothing is told, whatever the version says.'), deprecateSchema]);

const byVersion = <T extends z.ZodType>(value: T, what: string) => mapOf(value).optional().describe(`Version to its \`${what}\`. Default: none.`);

/** Keys of `versions:`. */
export const deprecationShape = {
  deprecate: z.record(name(), deprecateSchema).default({}).describe('Versions that are going away, by name. Every answer to a call of such a version tells so: problems, kept answers and stand-ins too. A route may tell more with its own `deprecate`.'),
  deprecateBy: z.strictObject({
    since: byVersion(since(), 'since'),
    sunset: byVersion(sunset, 'sunset'),
    link: byVersion(reference(), 'link'),
    policy: byVersion(reference(), 'policy'),
    successor: byVersion(reference(), 'successor'),
    warning: byVersion(words(), 'warning'),
  }).prefault({}).describe('The same field by field, as environments carry it: `since: "${API_VERSION_DEPRECATIONS:-}"` with `v1=2025-01-31,v2=2026-01-31`. What `deprecate` says of a version wins.'),
  unversioned: deprecateSchema.optional().describe('What is told of calls that name no version, besides what is told of the default version. Default: nothing.'),
};

export type DeprecateConfig = z.output<typeof deprecateSchema>;

export function endsBeforeItBegins({ since: begin, sunset: end }: Pick<DeprecateConfig, 'since' | 'sunset'>): boolean {
  if (begin === undefined || end === undefined || begin === true) return false;
  const [from, to] = [momentOf(begin), momentOf(typeof end === 'string' ? end : end.at)];
  return from !== undefined && to !== undefined && to < from;
}
