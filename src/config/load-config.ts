import path from 'node:path';
import { ExtensionRegistry, type Extension } from '#libs/kernel';
import { effectiveConfig, isComplete, resolve } from './effective.js';
import { schemasFor } from './schemas.js';
import { applyEnvironment, withDotEnv } from './environment.js';
import type { GatewayConfig } from './gateway-config.js';
import { FileReader } from './include.js';
import type { Environment } from './interpolate.js';
import type { MapNode } from './nodes.js';
import { loadPlugins } from './plugins.js';
import { notingReads, type Looked } from './read-file.js';
import { checkMeaning } from './semantic/index.js';
import { ConfigurationError, Issues, type Issue } from './issues.js';

export interface LoadOptions {
  /** The main file; relative to the working directory. */
  readonly file: string;
  readonly env: Environment;
  /** What is in the box; plugins of the file come on top. */
  readonly builtIns: readonly Extension[];
  /** Gets every path the configuration was looked for in, also when the file is wrong: what to watch. */
  readonly looked?: Looked;
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  readonly extensions: ExtensionRegistry;
  /** Nest providers that plugins export, for the roof to register. */
  readonly providers: readonly unknown[];
  /** What is not wrong but should be looked at. */
  readonly warnings: readonly Issue[];
}

/**
 * Reads, checks and resolves the configuration.
 *
 * @throws ConfigurationError with everything that is wrong at once.
 */
export async function loadConfig({ file, env, builtIns, looked = new Map() }: LoadOptions): Promise<LoadedConfig> {
  const issues = new Issues();
  const warnings = new Issues();
  const { environment, tree } = notingReads(looked, () => {
    const complete = withDotEnv(file, env, issues);
    return { environment: complete, tree: new FileReader(complete, issues).read(file) };
  });
  if (!tree) throw new ConfigurationError(issues.sorted());
  const plugins = await loadPlugins(withPluginVariable(tree, environment, builtIns), builtIns, issues);
  const extensions = new ExtensionRegistry([...builtIns, ...plugins.extensions]);
  const schemas = schemasFor(extensions);
  const root = applyEnvironment(tree, schemas.file, environment, issues);
  const resolved = resolve(root, schemas, issues);
  checkMeaning({ root, resolved, issues, warnings });
  issues.throwIfAny();
  if (!isComplete(resolved)) throw new Error('A configuration that does not parse must have issues');
  const config = await effectiveConfig(path.resolve(file), resolved, schemas);
  return { config, extensions, providers: plugins.providers, warnings: warnings.sorted() };
}

/** The list of plugins comes first: without it the schema, and so every other variable's name, is not complete. */
function withPluginVariable(tree: MapNode, env: Environment, builtIns: readonly Extension[]): MapNode {
  const only = Object.entries(env).filter(([name]) => name.toUpperCase() === 'PASSERELLE__SERVER__PLUGINS');
  if (only.length === 0) return tree;
  return applyEnvironment(tree, schemasFor(new ExtensionRegistry(builtIns)).file, Object.fromEntries(only), new Issues());
}
