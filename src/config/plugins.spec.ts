import { ConfigFolder, valid } from './config.fixture.js';

const EXTENSION = `
import { z } from 'zod';
export const shout = { kind: 'transform', name: 'shout', schema: z.strictObject({ volume: z.int().default(11) }), create: () => ({}) };
`;
// The modules lie in a temporary folder: zod is found where the tests find it.
const code = (text: string): string => text.replace("'zod'", JSON.stringify(import.meta.resolve('zod')));
const USED = 'routes: { r: { match: { path: /r }, to: echo, transform: [{ use: shout }] } }';

describe('plugins', () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['a module', './shout.mjs', { 'shout.mjs': code(EXTENSION) }],
    ['a TypeScript module', './shout.mts', { 'shout.mts': code(EXTENSION) + 'export type Unused = string;' }],
    ['a package', 'passerelle-shout', { 'node_modules/passerelle-shout/package.json': '{"type":"module","exports":"./index.js"}', 'node_modules/passerelle-shout/index.js': code(EXTENSION) }],
    ['a package for import only', 'passerelle-shout', { 'node_modules/passerelle-shout/package.json': '{"type":"module","exports":{".":{"import":"./index.js"}}}', 'node_modules/passerelle-shout/index.js': code(EXTENSION) }],
  ])('%s brings extensions', async (_name, plugin, files) => {
    using folder = new ConfigFolder({ ...files, 'gateway.yaml': valid(`server: { plugins: [${plugin}] }\n${USED}`) });
    const { config, extensions } = await folder.load();
    expect(config.routes['r']?.transform).toEqual([{ use: 'shout', volume: 11 }]);
    expect(extensions.all('transform').map(({ name }) => name)).toEqual(['stamp', 'shout']);
  });

  it('is found from the folder of the file that names it, and may be named by the environment', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid(`include: deep/a.yaml\n${USED}`), 'deep/a.yaml': 'server: { plugins: ./shout.mjs }', 'deep/shout.mjs': code(EXTENSION) });
    expect((await folder.load()).config.routes['r']?.transform).toHaveLength(1);
    folder.write('gateway.yaml', valid(USED));
    expect((await folder.load({ PASSERELLE__SERVER__PLUGINS: './deep/shout.mjs' })).config.routes['r']?.transform).toHaveLength(1);
  });

  it('may bring Nest providers', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('server: { plugins: [./p.mjs] }'), 'p.mjs': 'export const providers = [class Counter {}];' });
    expect((await folder.load()).providers).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    ['that is not there', '', './p.mjs: it cannot be loaded: there is no such file'],
    ['that throws', 'throw new Error("no luck");', './p.mjs: it cannot be loaded: no luck'],
    ['with a decorator', 'const Controller = () => () => {};\n@Controller()\nexport class C {}', './p.mjs: it cannot be loaded: Invalid or unexpected token (line 2 has a decorator'],
    ['without extensions', 'export const a = 1;', './p.mjs: it exports no extension'],
    ['whose name is taken', code(EXTENSION).replace("'shout'", "'stamp'"), './p.mjs: there is already a transform "stamp"'],
    ['without a schema', 'export const x = { kind: "guard", name: "x", create() {} };', './p.mjs: guard "x" needs a zod 4 object as its schema, and a create function'],
    ['with odd providers', 'export const providers = 5;', './p.mjs: its export "providers" is not a list'],
  ])('a module %s is told on its line', async (_name, module, expected) => {
    using folder = new ConfigFolder({ 'gateway.yaml': valid('server:\n  plugins:\n    - ./p.mjs'), ...(module === '' ? {} : { 'p.mjs': module }) });
    const mistakes = await folder.mistakes();
    expect(mistakes[0]).toContain(`gateway.yaml:6:7 server.plugins: ${expected}`);
  });
});
