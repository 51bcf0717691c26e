import { arriving } from '../../src/cli/dry-request.js';
import { openOffline, type Offline } from '../../src/cli/offline.js';
import { runTest, testName } from '../../src/cli/test-run.js';
import { builtIns } from '../../src/extensions.js';
import { SECRET } from '../support/jwt.js';
import { CONFIGURATION, ROLES } from './presencepro.fixture.js';

describe('PresencePro, X2: the tests of its configuration', () => {
  let offline: Offline;
  beforeAll(async () => { offline = await openOffline({ file: CONFIGURATION, env: { JWT_SECRET_KEY: SECRET }, builtIns }); });
  afterAll(() => offline[Symbol.asyncDispose]());

  it('the file is without warnings', () => {
    expect(offline.loaded.warnings).toEqual([]);
  });

  it('all of them hold', async () => {
    const { dry, loaded } = offline;
    const results = await Promise.all(loaded.config.tests.map((test, index) => runTest(test, index, dry)));
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('every rule is tried with nobody, every role, and one that does not exist', async () => {
    const { dry, loaded: { config } } = offline;
    const tried = new Map(Object.keys(config.routes).map((name) => [name, new Set<string>()]));
    for (const { request: { as, headers, method, url }, expect: { headers: sent } } of config.tests) {
      const caller = as?.role ? { ...as, roles: [as.role], claims: {} } : null;
      const { exchange } = await dry.run(arriving({ method, url, headers: Object.entries(headers), caller }));
      if (!sent) tried.get(exchange.route?.name ?? '')?.add(as?.role ?? 'nobody');
    }
    const lacking = [...tried].flatMap(([name, callers]) => ['nobody', ...ROLES, 'janitor'].filter((caller) => !callers.has(caller)).map((caller) => `${name}: ${caller}`));
    expect(lacking).toEqual([]);
  });

  it('no request is there twice', () => {
    const names = offline.loaded.config.tests.filter(({ request: { headers } }) => Object.keys(headers).length === 0).map(testName);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
