import { ConfigFolder, valid } from './config.fixture.js';
import { renderEffective } from './render.js';

const FILE = valid(`defaults: { timeout: { total: 90s, idle: off }, body: { limit: off } }
policies: { p: { timeout: { connect: 1500ms }, headers: { request: { set: { Authorization: "Bearer \${TOKEN:-}" } } } } }
services-extra: 1
routes:
  r: { match: { path: /r }, to: echo, use: p, description: "\${file:note.txt}" }
`).replace('services-extra: 1\n', '').replace('http://localhost:9', 'http://localhost:9/base');

describe('renderEffective', () => {
  it('prints quantities with units, origins on demand, and no secret', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': FILE, 'note.txt': 'from-a-file' });
    const { config } = await folder.load({ KEY: 'hunter2', TOKEN: 'hunter3' });
    const text = renderEffective(config, { origins: true });
    const file = folder.at('gateway.yaml');
    expect(text).toContain(`        total: 90s # ${file}:4 (defaults)\n`.replace(/^ {4}/, ''));
    expect(text).toContain(`connect: 1500ms # ${file}:5 (policies.p)\n`);
    expect(text).toContain('firstByte: 10s # default\n');
    expect(text).toContain(`idle: off # ${file}:4 (defaults)\n`);
    expect(text).toContain(`limit: off # ${file}:4 (defaults)\n`);
    expect(text).toContain(`secret: "[redacted]" # ${file}:2 (authenticate.users)\n`);
    expect(text).not.toMatch(/hunter|from-a-file/);
    expect(renderEffective(config, { origins: false })).not.toContain('#');
  });

  it('can be loaded again and then says the same', async () => {
    using folder = new ConfigFolder({ 'gateway.yaml': FILE.replace('description: "${file:note.txt}"', 'head: off').replace(', headers: { request: { set: { Authorization: "Bearer ${TOKEN:-}" } } }', '') });
    const first = renderEffective((await folder.load()).config, { origins: true });
    folder.write('again.yaml', first);
    const second = renderEffective((await folder.load({}, 'again.yaml')).config, { origins: false });
    expect(second).toBe(renderEffective((await folder.load()).config, { origins: false }));
  });
});
