import { ok, says } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, notStored, pause, stored, type Case, type Level } from './support/steps.js';

const cc = (value: string): string => `Cache-Control: ${value}`;

/** Name of the case and value of Cache-Control are one. */
const fresh = (rfc: string, level: Level, ...values: string[]): Case[] => values.map((value) => stored(value, rfc, [cc(value)], level));
const stale = (rfc: string, level: Level, ...values: string[]): Case[] => values.map((value) => notStored(JSON.stringify(value), rfc, [cc(value)], level));
const open = (rfc: string, ...values: string[]): Case[] =>
  values.map((value) => ({ name: JSON.stringify(value), rfc, level: 'may', steps: [asks(ok(cc(value))), either(ok())] }));

const directives: readonly Case[] = [
  ...fresh('9111 5.2.2.1', 'should', 'max-age=60', 'Max-Age=60', 'MAX-AGE=60', 'max-age=0060', 'max-age=60,', ', ,max-age=60', '\tmax-age=60\t,\tx', 'max-age=1000000'),
  ...fresh('9111 5.2', 'should', 'max-age="60"', 's-maxage="60"'),
  ...fresh('9111 5.2.3', 'must', 'odd, max-age=60', 'odd=1, max-age=60', 'max-age=60, odd', 'odd="max-age=0", max-age=60', 'odd="a, no-store, b", max-age=60', 'odd="a\\", no-store", max-age=60', 'x-max-age=0, max-age=60', 'no-stored, max-age=60', 'max-age-x=0, max-age=60'),
  ...fresh('9111 1.2.2', 'must', 'max-age=2147483647', 'max-age=2147483648', 'max-age=4294967296', 'max-age=9007199254740993', 'max-age=99999999999999999999999999', 's-maxage=99999999999999999999999999', `max-age=${'9'.repeat(400)}`),
  ...fresh('9111 5.2.2.10', 'should', 's-maxage=60', 'S-MaxAge=60', 's-maxage=60, max-age=0', 'max-age=0, s-maxage=60'),
  ...stale('9111 5.2.2.10', 'must', 's-maxage=0', 's-maxage=0, max-age=60', 'max-age=60, s-maxage=0', 'public, max-age=60, s-maxage=00'),
  ...stale('9111 5.2.2.1', 'must', 'max-age=0', 'max-age=00', 'public, max-age=0'),
  ...stale('9111 4.2.1', 'should', 'max-age=-1', 'max-age=1.5', 'max-age=60.0', 'max-age=abc', 'max-age=', 'max-age', 'max-age=60s', 'max-age=0x3c', 'max-age=+60', "max-age='60'", 'max-age=6 0', 'max-age=60;x', 'max-age=1e3', 'max-age=Infinity', 'max-age=""', 'max-age="60', 'max-age="6"0', 'max-age="-1"', 'max-age=60 public', 'public max-age=60', 'public; max-age=60', 'max-age =60', 'max-age= 60', 'max-age:60', 'max-age=\xb2'),
  ...stale('9111 4.2.1', 'should', 's-maxage=abc, max-age=60', 's-maxage=-1, max-age=60', 's-maxage, max-age=60', 's-maxage=, max-age=60', 'max-age=0, max-age=60', 's-maxage=0, s-maxage=60'),
  ...stale('9111 5.2.2.4', 'must', 'no-cache', 'no-cache, max-age=60', 'max-age=60, no-cache', 'No-Cache, s-maxage=60', 'public, no-cache, max-age=60', 'max-age=60, stale-while-revalidate=60, no-cache'),
  ...stale('8246 2', 'may', 'immutable', 'immutable, public'),
  ...stale('9111 5.2.3', 'may', 'odd', 'odd=60', 'stale-while-revalidate=60', 'stale-if-error=60', 'must-revalidate', 'proxy-revalidate', 'no-transform', 'min-fresh=60', 'max-stale=60', 'only-if-cached'),
  ...fresh('9111 5.2', 'should', 'max-age=60, min-fresh=600', 'max-age=60, only-if-cached'),
  ...open('9111 4.2.1', 'max-age=60, max-age=0', 'max-age=60, max-age=60', 's-maxage=60, s-maxage=0', 'max-age=60, max-age=abc'),
  ...open('9111 5.2', 'max-age=60, odd=a=b', 'max-age=60, odd="a', 'max-age=60, =', 'max-age=60, @odd'),
  ...open('9111 5.2.2.5', 'max-age=60, "no-store"', 'max-age=60, odd="x, no-store'),
];

const LATER = 'Expires: {now+600}';
const expires = (name: string, level: Level, ...lines: string[]): Case => stored(name, '9111 5.3', lines, level);
const expired = (name: string, level: Level, ...lines: string[]): Case => notStored(name, '9111 5.3', lines, level);
const invalid = ['0', '-1', '', '600', 'never', 'now', '{now+600|iso}', '{now+600|epoch}', '{now+600|spaced}', '{now+600|weekdayless}', '{now+600|offset}', '"{now+600}"', '{now+600}; x', '{now+600} {now+600}',
  'Tue, 04 Feb 2070', 'Tue, 4 Feb 2070 10:00:00 GMT', 'Tue, 04 Feb 2070 10:00 GMT', 'Tue, 04 Feb 2070 25:00:00 GMT', 'Tue, 04 Feb 2070 10:61:00 GMT', 'Tue, 32 Jan 2070 10:00:00 GMT', 'Tue, 30 Feb 2070 10:00:00 GMT', 'Tue, 00 Feb 2070 10:00:00 GMT', 'Tue, 04 Foo 2070 10:00:00 GMT', 'Tue 04 Feb 2070 10:00:00 GMT', 'Tue, 04-Feb-2070 10:00:00 GMT', 'Tue, 04 Feb 70 10:00:00 GMT', 'Tue, 04 Feb 02070 10:00:00 GMT', 'Tue, 04 Feb 2070 10:00:00', 'Tue, 04 Feb 2070 10:00:00 GMT+1', 'Tue, 04 Feb 2070 10:00:00.000 GMT', 'Tue, 04 Feb 2070 10.00.00 GMT'];

const dates: readonly Case[] = [
  expires('an IMF-fixdate', 'should', LATER),
  stored('an rfc850-date', '9110 5.6.7', ['Expires: {now+600|rfc850}'], 'must'),
  stored('an asctime-date', '9110 5.6.7', ['Expires: {now+600|asctime}'], 'must'),
  stored('a date in lower case', '9111 4.2', ['Expires: {now+600|lower}']),
  stored('GMT is what counts, not the zone of this machine', '9111 4.2', ['Expires: {now+600}'], 'must'),
  notStored('the zone UTC', '9111 4.2', ['Expires: {now+600|utc}'], 'should'),
  notStored('the zone PST', '9111 4.2', ['Expires: {now+600|pst}'], 'should'),
  notStored('a year of two digits more than fifty years ahead is one of the past', '9110 5.6.7', ['Expires: Monday, 04-Feb-85 10:00:00 GMT'], 'must'),
  expires('a year with a leap second at its end', 'may', 'Expires: Tue, 31 Dec 2069 23:59:60 GMT'),
  expires('the 29th of February', 'should', 'Expires: Wed, 29 Feb 2068 10:00:00 GMT'),
  expired('the 29th of February of a year that has none', 'must', 'Expires: Fri, 29 Feb 2069 10:00:00 GMT'),
  expires('the year 9999', 'should', 'Expires: Fri, 31 Dec 9999 23:59:59 GMT'),
  ...invalid.map((value) => expired(`${JSON.stringify(value)} is in the past`, 'must', `Expires: ${value}`)),
  expired('the past', 'must', 'Expires: {now-600}'),
  expired('now', 'must', 'Date: {now}', 'Expires: {now}'),
  expired('the time of its Date, in the future', 'must', 'Date: {now+600}', 'Expires: {now+600}'),
  expired('before its Date, though in the future', 'must', 'Date: {now+3600}', 'Expires: {now+600}'),
  expires('after its Date, both in the future', 'should', 'Date: {now+3600}', 'Expires: {now+4200}'),
  expires('after its Date, by more than the age', 'should', 'Date: {now-600}', 'Expires: {now+600}'),
  expired('after its Date, both in the past', 'must', 'Date: {now-1200}', 'Expires: {now-600}'),
  { ...expires('without a Date', 'should', LATER), steps: stored('', '', { status: 200, lines: [LATER], undated: true }).steps },
  { name: 'with a Date that is none', rfc: '9111 4.2.1', level: 'may', steps: [asks(ok('Date: yesterday', LATER)), either(ok())] },
  expires('max-age rules over an Expires of the past', 'must', cc('max-age=60'), 'Expires: {now-600}'),
  expires('max-age rules over an invalid Expires', 'must', cc('max-age=60'), 'Expires: 0'),
  expires('s-maxage rules over an Expires of the past', 'must', cc('s-maxage=60'), 'Expires: {now-600}'),
  expired('max-age=0 rules over Expires', 'must', cc('max-age=0'), LATER),
  expired('s-maxage=0 rules over Expires', 'must', cc('s-maxage=0'), LATER),
  expired('an invalid max-age is not made good by Expires', 'should', cc('max-age=abc'), LATER),
  expires('Expires beside an unknown directive', 'should', cc('odd'), LATER),
  expires('Expires beside an empty Cache-Control', 'should', 'Cache-Control:', LATER),
  expires('Expires beside a directive that is for requests', 'should', cc('max-stale=0'), LATER),
  expired('Expires beside no-cache', 'must', cc('no-cache'), LATER),
  notStored('two lines of Expires, the first is past', '9111 4.2.1', ['Expires: {now-600}', LATER], 'should'),
  notStored('two lines of Expires, the first is invalid', '9111 4.2.1', ['Expires: 0', LATER], 'should'),
  { name: 'two lines of Expires, the second is past', rfc: '9111 4.2.1', level: 'may', steps: [asks(ok(LATER, 'Expires: {now-600}')), either(ok())] },
];

const several: readonly Case[] = [
  stored('two lines of Cache-Control', '9110 5.3', [cc('public'), cc('max-age=60')], 'should'),
  notStored('two lines of Cache-Control, the second restricts', '9110 5.3', [cc('max-age=60'), cc('no-cache')]),
  notStored('three lines, the middle one restricts', '9110 5.3', [cc('max-age=60'), cc('private'), cc('public')]),
  notStored('the field in odd case', '9110 5.1', ['cAcHe-CoNtRoL: no-store', 'Expires: {now+60}']),
  stored('Pragma of a response means nothing', '9111 5.4', [cc('max-age=60'), 'Pragma: no-cache']),
  notStored('Pragma does not give a lifetime', '9111 5.4', ['Pragma: max-age=60'], 'must'),
  stored('Surrogate-Control is for others', '9111 5.2.3', [cc('max-age=60'), 'Surrogate-Control: no-store'], 'may'),
  stored('Last-Modified in the future does not hinder', '9111 4.2.1', [cc('max-age=60'), 'Last-Modified: {now+6000}']),
  stored('an error with a lifetime', '9111 4.2.1', says(404, cc('max-age=60')), 'should', { status: 404 }),
  notStored('an error whose lifetime is over', '9111 4.2.1', says(404, cc('max-age=10'), 'Age: 20')),
];

const wait = pause(1_300);
const elapsed: readonly Case[] = [
  { name: 'max-age is over in time', rfc: '9111 4.2', level: 'must', steps: [asks(ok(cc('max-age=1'))), wait, asks(ok())] },
  { name: 's-maxage is over in time', rfc: '9111 4.2', level: 'must', steps: [asks(ok(cc('s-maxage=1, max-age=60'))), wait, asks(ok())] },
  { name: 'Expires is over in time', rfc: '9111 4.2', level: 'must', steps: [asks(ok('Date: {now}', 'Expires: {now+1}')), pause(2_100), asks(ok())] },
  { name: 'Expires without a Date is over in time', rfc: '9111 4.2', level: 'must', steps: [asks({ ...ok('Expires: {now+1}'), undated: true }), wait, asks(ok())] },
  { name: 'an age that was given counts too', rfc: '9111 4.2.3', level: 'must', steps: [asks(ok(cc('max-age=60'), 'Age: 59')), wait, asks(ok())] },
  { name: 'immutable does not lengthen a lifetime', rfc: '8246 2', level: 'must', steps: [asks(ok(cc('max-age=1, immutable'))), wait, asks(ok())] },
  { name: 'what was fetched anew counts anew', rfc: '9111 4.2', level: 'should', steps: [asks(ok(cc('max-age=1'))), wait, asks(ok(cc('max-age=60'))), { kind: 'reuses' }] },
];

conformance('RFC 9111 4.2: freshness', {
  '9111 4.2.1: Cache-Control': directives,
  '9111 5.3: Expires': dates,
  '9111 4.2.1: several fields': several,
  '9111 4.2: time passes': elapsed,
});
