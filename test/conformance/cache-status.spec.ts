import { ok, says, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, pause, reuses, validates, type Case } from './support/steps.js';

const FRESH = 'Cache-Control: max-age=60';
const TAG = 'ETag: "a"';
/** One member, with this among its parameters. */
const tells = (parameter: string): { 'cache-status': RegExp } => ({ 'cache-status': new RegExp(`^(?:[A-Za-z*][^\\s;,"]*|"[^"]*")(?:; ?[^;]+)*; ?${parameter}(?=;|$)`) });
const lone = /^[^,]*$/;

const cases: readonly Case[] = [
  { name: 'hit', rfc: '9211 2.1', level: 'may', steps: [asks(ok(FRESH)), reuses({ has: tells('hit') })] },
  { name: 'hit, and then no fwd', rfc: '9211 2.1', level: 'should', steps: [asks(ok(FRESH)), reuses({ has: { 'cache-status': /^[^,]*; ?hit(?!.*fwd)[^,]*$/ } })] },
  { name: 'ttl of a hit', rfc: '9211 2.4', level: 'may', steps: [asks(ok(FRESH, 'Age: 20')), reuses({ has: tells('ttl=(?:40|3\\d)') })] },
  { name: 'ttl of what is stale is negative', rfc: '9211 2.4', level: 'may', steps: [asks(ok('Cache-Control: max-age=10, stale-while-revalidate=600', 'Age: 20')), reuses({ behind: ok(FRESH), has: tells('ttl=-1\\d') })] },
  { name: 'fwd=uri-miss', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH), { has: tells('fwd=(?:uri-miss|miss)') })] },
  { name: 'stored', rfc: '9211 2.5', level: 'may', steps: [asks(ok(FRESH), { has: tells('stored') })] },
  { name: 'not stored', rfc: '9211 2.5', level: 'must', steps: [asks(ok('Cache-Control: no-store'), { has: { 'cache-status': /^(?!.*; ?stored(?:;|$))/ } })] },
  { name: 'fwd=vary-miss', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH, 'Vary: X-A')), asks(ok(FRESH, 'Vary: X-A'), { send: ['X-A: 1'], has: tells('fwd=(?:vary-miss|miss)') })] },
  { name: 'fwd=stale', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH, 'Age: 100', TAG)), asks(ok(FRESH), { has: tells('fwd=stale') })] },
  { name: 'fwd-status of a validation', rfc: '9211 2.3', level: 'may', steps: [asks(ok(FRESH, 'Age: 100', TAG)), validates(unchanged(TAG), { has: tells('fwd-status=304') })] },
  { name: 'fwd=stale of a validation', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH, 'Age: 100', TAG)), validates(unchanged(TAG), { has: tells('fwd=stale') })] },
  { name: 'a validation is no hit', rfc: '9211 2.1', level: 'must', steps: [asks(ok(FRESH, 'Age: 100', TAG)), validates(unchanged(TAG), { has: { 'cache-status': /^(?!.*; ?hit)/ } })] },
  { name: 'fwd=request', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH, TAG)), validates(unchanged(TAG), { send: ['Cache-Control: no-cache'], has: tells('fwd=request') })] },
  { name: 'fwd=method', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH), { method: 'POST', has: tells('fwd=(?:method|bypass)') })] },
  { name: 'fwd=bypass with cookies', rfc: '9211 2.2', level: 'may', steps: [asks(ok(FRESH), { send: ['Cookie: a=1'], has: tells('fwd=(?:bypass|request)') })] },
  { name: 'one member for one cache', rfc: '9211 2', level: 'must', steps: [asks(ok(FRESH), { has: { 'cache-status': lone } }), reuses({ has: { 'cache-status': lone } })] },
  { name: 'those of other caches stay, ours is the last', rfc: '9211 2', level: 'should', steps: [asks(ok(FRESH, 'Cache-Status: Other; hit; ttl=5'), { has: { 'cache-status': /^Other; hit; ttl=5, [^,]*; ?fwd=/ } })] },
  { name: 'they stay when it is given again', rfc: '9211 2', level: 'should', steps: [asks(ok(FRESH, 'Cache-Status: Other; hit; ttl=5')), reuses({ has: { 'cache-status': /^Other; hit; ttl=5, [^,]*; ?hit[^,]*$/ } })] },
  { name: 'that of a first response is not given with a second', rfc: '9211 2', level: 'must', steps: [asks(ok(FRESH)), reuses(), reuses({ has: { 'cache-status': /^(?!.*fwd=)[^,]*$/ } })] },
  { name: 'that of a 304 is ours and its own', rfc: '9211 2', level: 'must', steps: [asks(ok(FRESH, 'Age: 100', TAG, 'Cache-Status: Other; fwd=miss')), validates(unchanged(TAG, 'Cache-Status: Other; hit'), { has: { 'cache-status': /^Other; hit, [^,]*$/ } }), reuses({ has: { 'cache-status': /^Other; hit, [^,]*; ?hit[^,]*$/ } })] },
  { name: '304 from the store tells too', rfc: '9211 2.1', level: 'may', steps: [asks(ok(FRESH, TAG)), reuses({ send: ['If-None-Match: "a"'], status: 304, has: tells('hit') })] },
  { name: '206 from the store tells too', rfc: '9211 2.1', level: 'may', steps: [asks({ ...ok(FRESH), body: 'abcdef' }), reuses({ send: ['Range: bytes=0-1'], status: 206, text: 'ab', has: tells('hit') })] },
  { name: 'an error tells too', rfc: '9211 2.2', level: 'may', steps: [asks(says(503), { has: tells('fwd=(?:uri-miss|miss)') })] },
  { name: 'what is validated behind is not told to the next', rfc: '9211 2', level: 'must', steps: [asks(ok('Cache-Control: max-age=10, stale-while-revalidate=600', 'Age: 20', TAG)), reuses({ behind: unchanged(TAG, FRESH) }), pause(400), reuses({ has: { 'cache-status': /^(?!.*fwd=)[^,]*$/ } })] },
];

conformance('RFC 9211: Cache-Status', {
  '9211: Cache-Status': cases,
});
