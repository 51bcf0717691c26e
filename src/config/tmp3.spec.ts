import { z } from 'zod';
import { writeFileSync } from 'node:fs';
import { ExtensionRegistry } from '#libs/kernel';
import { builtIns } from '../extensions.js';
import { jsonSchema, rawJsonSchema } from './json-schema.js';
it('x', () => {
  const r = new ExtensionRegistry(builtIns);
  writeFileSync('/tmp/cfg/raw.json', JSON.stringify(rawJsonSchema(r), null, 1));
  writeFileSync('/tmp/cfg/schema.json', JSON.stringify(jsonSchema(r), null, 1));
});
