import { z } from 'zod';
import { defineAuthenticator, defineBalancer, secretText } from '#libs/kernel';
import { loadConfig, ConfigurationError } from './index.js';
import { renderEffective } from './render.js';
it('x', async () => {
  const builtIns = [defineAuthenticator({ name: 'jwt', schema: z.strictObject({ secret: secretText() }), create: () => null as never }), defineBalancer({ name: 'p2c', schema: z.strictObject({}), create: () => null as never })];
  try { const r = await loadConfig({ file: '/tmp/cfg/gateway.yaml', env: { PORT: '9000', PASSERELLE__LOG__LEVEL: 'debug' }, builtIns });
   console.log(renderEffective(r.config, {origins: true}));
  } catch (e) { if (!(e instanceof ConfigurationError)) throw e; console.log(e.message); }
});
