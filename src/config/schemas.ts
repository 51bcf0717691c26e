import type { ExtensionRegistry } from '#libs/kernel';
import { endpointSchema, fileSchema, routeSchema } from './schema/index.js';
import { settingsSchema } from './schema/settings.js';

/** Everything the three schemas of a file and its extensions are needed for. */
export interface Schemas {
  readonly file: ReturnType<typeof fileSchema>;
  readonly route: ReturnType<typeof routeSchema>;
  readonly endpoint: ReturnType<typeof endpointSchema>;
  readonly settings: ReturnType<typeof settingsSchema>;
}

export function schemasFor(extensions: ExtensionRegistry): Schemas {
  return { file: fileSchema(extensions), route: routeSchema(extensions), endpoint: endpointSchema(extensions), settings: settingsSchema(extensions) };
}
