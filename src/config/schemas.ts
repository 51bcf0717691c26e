import type { ExtensionRegistry } from '#libs/kernel';
import { endpointSchema, fileSchema, routeSchema } from './schema/index.js';
import { settingsSchema, type SettingsSchema } from './schema/settings.js';

/** Everything the three schemas of a file and its extensions are needed for. */
export interface Schemas {
  readonly file: ReturnType<typeof fileSchema>;
  readonly route: ReturnType<typeof routeSchema>;
  readonly endpoint: ReturnType<typeof endpointSchema>;
  readonly settings: SettingsSchema;
}

export function schemasFor(extensions: ExtensionRegistry): Schemas {
  const settings = settingsSchema(extensions);
  return { file: fileSchema(extensions, settings), route: routeSchema(settings), endpoint: endpointSchema(settings), settings };
}
