import { existsSync } from 'node:fs';
import { pinned } from './kubernetes.fixture.js';

/** A service of a Compose file or a stack, as Docker's own programs print it with everything resolved. */
export interface ComposeService {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly security_opt?: readonly string[];
  readonly environment?: Record<string, string>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly networks?: Record<string, unknown>;
  readonly ports?: readonly { readonly host_ip?: string; readonly target: number; readonly published: string | number }[];
  readonly restart?: string;
  readonly secrets?: readonly { readonly source: string; readonly target?: string; readonly uid?: string }[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly stop_grace_period?: string;
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string; readonly read_only?: boolean }[];
  readonly deploy: { readonly mode?: string; readonly replicas?: number; readonly endpoint_mode?: string; readonly update_config?: Record<string, unknown>; readonly rollback_config?: object; readonly placement?: object; readonly resources?: { readonly limits?: { readonly cpus?: string | number; readonly memory?: string } } };
}

export interface ComposeFile {
  readonly services: Record<string, ComposeService>;
  readonly networks: Record<string, { readonly internal?: boolean }>;
  readonly secrets: Record<string, { readonly file?: string; readonly external?: boolean }>;
  readonly configs?: Record<string, { readonly name: string; readonly file: string }>;
}

/** What keeps a service from doing more than it should. @returns what is missing. */
export function loose(service: ComposeService, version: string): string[] {
  const wrong: string[] = [];
  const say = (holds: boolean, what: string): void => { if (!holds) wrong.push(what); };
  say(service.read_only === true, 'may write to its image');
  say(service.cap_drop?.join() === 'ALL' && service.cap_add === undefined && service.privileged !== true, 'has capabilities');
  say(service.user !== undefined && !service.user.startsWith('0') && !service.user.startsWith('root'), 'runs as root');
  say(service.deploy.resources?.limits?.cpus !== undefined && service.deploy.resources.limits.memory !== undefined, 'has no limits');
  say(pinned(service.image) && (!service.image.startsWith('passerelle:') || service.image === `passerelle:${version}`), `${service.image} is not pinned`);
  for (const [name, value] of Object.entries(service.environment ?? {})) {
    say(!/pass|secret|token|key/i.test(name) || (name.endsWith('_FILE') && value.startsWith('/run/secrets/')), `${name} is in the environment`);
  }
  return wrong;
}

/** Files and folders of this checkout that a service reads and that are not there, or could be written to. */
export function missingFiles(service: ComposeService): string[] {
  return (service.volumes ?? []).filter(({ type }) => type === 'bind')
    .filter(({ read_only: readOnly, source }) => readOnly !== true || !existsSync(source))
    .map(({ source }) => source);
}
