import { auditSchema } from '../config/schema/audit.js';
import { compilePatterns } from './patterns.js';

it.each<[string, object, string, boolean]>([
  ['everything', {}, 'login', true],
  ['a name', { include: 'login' }, 'login', true],
  ['a name, and not what begins so', { include: 'login' }, 'login.more', false],
  ['a beginning', { include: 'account.*' }, 'account.roles', true],
  ['a dot is a dot', { include: 'account.*' }, 'accounts', false],
  ['several', { include: ['login*', '*.create'] }, 'key.create', true],
  ['but not', { exclude: 'session.*' }, 'session.open', false],
  ['but not, and others', { exclude: 'session.*' }, 'login', true],
  ['nothing', { include: [] }, 'login', false],
  ['what the trail says of itself', { include: [], exclude: '*' }, 'audit.trim', true],
])('%s', (_what, events, action, wanted) => {
  expect(compilePatterns(auditSchema.parse({ events }).events)(action)).toBe(wanted);
});
