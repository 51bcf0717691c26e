import path from 'node:path';
import { ExtensionRegistry, type Extension } from '#libs/kernel';
import { effectiveConfig, isComplete, resolve } from './effective.js';
import { checkFileSettings } from './file-settings.js';
import { schemasFor } from './schemas.js';
import { readBodyFiles } from './body-files.js';
import { withDotEnv } from './dot-env.js';
import { applyEnvironment } from './environment.js';
import type { GatewayConfig } from './gateway-config.js';
import { FileReader } from './include.js';
import type { Environment } from './interpolate.js';
import type { MapNode } from './nodes.js';
import { loadPlugins } from './plugins.js';
import { Remotes } from './remotes.js';
import { notingReads, type Image, type Looked } from './read-file.js';
import { checkMeaning } from './semantic/index.js';
import { checkControllers } from './semantic/table.js';
import { ConfigurationError, Issues, type Issue } from './issues.js';
import { readTlsMaterial } from './read-tls-material.js';

export interface LoadOptions {
  /** The main file; relative to the working directory. */
  readonly file: string;
  readonly env: Environment;
  /** What is in the box; plugins of the file come on top. */
  readonly builtIns: readonly Extension[];
  /** Gets every path the configuration was looked for in, also when the file is wrong: what to watch. */
  readonly looked?: Looked;
  /** Gets what the configuration includes that is not a file, also when something is wrong. */
  readonly remotes?: Remotes;
  /** What an earlier load of the same file found on the disk: goes by that instead of looking again. */
  readonly from?: Image;
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  readonly extensions: ExtensionRegistry;
  /** Nest providers that plugins export, for the roof to register. */
  readonly providers: readonly unknown[];
  /** Nest controllers that plugins export, likewise. */
  readonly controllers: readonly unknown[];
  /** What was found on the disk. */
  readonly image: Image;
  /** What is not wrong but should be looked at. */
  readonly warnings: readonly Issue[];
}

/**
 * Reads, checks and resolves the configuration.
 *
 * @throws ConfigurationError with everything that is wrong at once.
 */
export async function loadConfig({ file, env, builtIns, from, looked = new Map(), remotes = new Remotes() }: LoadOptions): Promise<LoadedConfig> {
  const warnings = new Issues();
  const image: Image = new Map();
  const reads = { looked, image, from };
  const { environment, issues, tree } = await readTree({ file, env, remotes }, reads);
  if (!tree) throw new ConfigurationError(issues.sorted());
  const plugins = await loadPlugins(withPluginVariable(tree, environment, builtIns), builtIns, issues);
  // What a plugin that does not load would have brought, nobody knows.
  const whole = !issues.any;
  const extensions = new ExtensionRegistry([...builtIns, ...plugins.extensions]);
  const schemas = schemasFor(extensions);
  const root = applyEnvironment(tree, schemas.file, environment, issues);
  checkFileSettings(root, schemas.file, issues);
  const resolved = resolve(root, schemas, issues);
  checkMeaning({ root, resolved, issues, warnings });
  if (whole) checkControllers({ resolved, issues }, plugins.controllers);
  const absolute = path.resolve(file);
  const files = notingReads(reads, () => readBodyFiles(resolved, path.dirname(absolute), issues));
  const tls = notingReads(reads, () => readTlsMaterial(resolved, path.dirname(absolute), { issues, warnings }));
  issues.throwIfAny();
  if (!isComplete(resolved)) throw new Error('A configuration that does not parse must have issues');
  const config = await effectiveConfig(absolute, { resolved, files, tls }, schemas);
  return { config, extensions, providers: plugins.providers, controllers: plugins.controllers, image: from ?? image, warnings: warnings.sorted() };
}

/** The file and everything it includes, as one tree. It is read again once what it includes from elsewhere has come. */
async function readTree({ file, env, remotes }: Required<Pick<LoadOptions, 'file' | 'env' | 'remotes'>>, reads: Parameters<typeof notingReads>[0]) {
  for (;;) {
    const issues = new Issues();
    const read = notingReads(reads, () => {
      const environment = withDotEnv(file, env, issues);
      return { environment, issues, tree: new FileReader(environment, issues, remotes).read(file) };
    });
    if (!(await remotes.fetch(read.environment))) return read;
  }
}

/** The list of plugins comes first: without it the schema, and so every other variable's name, is not complete. */
function withPluginVariable(tree: MapNode, env: Environment, builtIns: readonly Extension[]): MapNode {
  const only = Object.entries(env).filter(([name]) => name.toUpperCase() === 'PASSERELLE__SERVER__PLUGINS');
  if (only.length === 0) return tree;
  return applyEnvironment(tree, schemasFor(new ExtensionRegistry(builtIns)).file, Object.fromEntries(only), new Issues());
}
