import { ok, unchanged } from './support/answers.js';
import { conformance } from './support/conformance.js';
import { asks, either, reuses, validates, type Case } from './support/steps.js';

const as = (name: string): { send: string[] } => ({ send: [`Authorization: Basic ${name}`] });

const refused = (name: string, ...lines: string[]): Case[] => [
  { name: `${name}: not for anybody else`, rfc: '9111 3.5', level: 'must', steps: [asks(ok(...lines), as('YTph')), asks(ok(), as('Yjpi'))] },
  { name: `${name}: not for nobody`, rfc: '9111 3.5', level: 'must', steps: [asks(ok(...lines), as('YTph')), asks(ok())] },
];

const allowed = (name: string, ...lines: string[]): Case =>
  ({ name: `${name}: for everybody`, rfc: '9111 3.5', level: 'should', steps: [asks(ok(...lines), as('YTph')), reuses(as('Yjpi')), reuses()] });

const all: readonly Case[] = [
  ...refused('max-age', 'Cache-Control: max-age=60'),
  ...refused('Expires', 'Expires: {now+60}'),
  ...refused('proxy-revalidate', 'Cache-Control: max-age=60, proxy-revalidate'),
  ...refused('immutable', 'Cache-Control: max-age=60, immutable'),
  ...refused('private', 'Cache-Control: max-age=60, private'),
  ...refused('private beside public', 'Cache-Control: max-age=60, public, private'),
  ...refused('public within a quoted string', 'Cache-Control: max-age=60, x="public"'),
  ...refused('must-understand', 'Cache-Control: max-age=60, must-understand'),
  ...refused('a Vary on Authorization does not suffice', 'Cache-Control: max-age=60', 'Vary: Authorization').slice(1),
  allowed('public', 'Cache-Control: max-age=60, public'),
  allowed('PUBLIC', 'Cache-Control: max-age=60, PUBLIC'),
  allowed('s-maxage', 'Cache-Control: s-maxage=60'),
  allowed('must-revalidate', 'Cache-Control: max-age=60, must-revalidate'),
  allowed('public with Expires', 'Cache-Control: public', 'Expires: {now+60}'),
  {
    name: 'max-age: not even for the same caller', rfc: '9111 3.5', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60'), as('YTph')), asks(ok(), as('YTph'))],
  },
  {
    name: 'an empty Authorization is one', rfc: '9111 3.5', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60'), { send: ['Authorization:'] }), asks(ok())],
  },
  {
    name: 's-maxage=0: for everybody, when the origin agrees', rfc: '9111 5.2.2.10', level: 'must',
    steps: [asks(ok('Cache-Control: s-maxage=0, max-age=60', 'ETag: "a"'), as('YTph')), asks(unchanged('ETag: "a"'), { ...as('YTph'), upstream: { has: { 'if-none-match': '"a"' } }, status: 200, text: 'answer 1' })],
  },
  {
    name: 'must-revalidate, once stale, not without the origin', rfc: '9111 5.2.2.2', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=10, must-revalidate', 'Age: 20', 'ETag: "a"'), as('YTph')), validates(unchanged('ETag: "a"'), as('YTph'))],
  },
  {
    name: 'the origin sees who asks when it validates', rfc: '9111 4.3.1', level: 'must',
    steps: [asks(ok('Cache-Control: public, max-age=10', 'Age: 20', 'ETag: "a"'), as('YTph')), validates(unchanged('ETag: "a"'), { ...as('Yjpi'), upstream: { has: { authorization: 'Basic Yjpi' } } })],
  },
  {
    name: 'what was stored for nobody may serve somebody', rfc: '9111 3.5', level: 'may',
    steps: [asks(ok('Cache-Control: max-age=60')), either(ok(), as('YTph'))],
  },
  {
    name: 'what somebody got does not replace what everybody gets', rfc: '9111 3.5', level: 'must',
    steps: [asks(ok('Cache-Control: max-age=60')), asks(ok('Cache-Control: max-age=60'), { send: ['Authorization: Basic YTph', 'Cache-Control: no-cache'] }), either(ok(), { of: 1 })],
  },
];

conformance('RFC 9111 3.5', { 'answers to requests with Authorization': all });
