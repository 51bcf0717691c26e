import { nameOf, type LogField } from '../config/index.js';
import { constantsOf } from './added-fields.js';
import type { LineConfig } from './line-config.js';
import { Redaction } from './redaction.js';

/** Fields of the application's lines that go by the names of the file. */
const SHARED: readonly LogField[] = ['time', 'level', 'msg', 'worker', 'requestId', 'correlationId', 'traceId', 'route', 'service', 'target', 'problem', 'client'];

type ShapeConfig = Pick<LineConfig, 'add' | 'debug' | 'names' | 'nested' | 'patterns' | 'redact'>;

/** What the configuration in force says of the application's own lines. These are few, so cost is no matter. */
export class LogShape {
  #redaction: Redaction;
  #reshape: ((line: string) => string) | null;

  constructor(config: ShapeConfig) {
    this.#redaction = Redaction.of(config);
    this.#reshape = compileReshape(config);
  }

  get redaction(): Redaction {
    return this.#redaction;
  }

  adopt(config: ShapeConfig): void {
    this.#redaction = Redaction.of(config);
    this.#reshape = compileReshape(config);
  }

  /** @param line complete, with its line feed. */
  shaped(line: string): string {
    return this.#reshape === null ? line : this.#reshape(line);
  }
}

/** `null` where lines stay as they are. A field that access lines leave out keeps its name here: without it a line would say nothing. */
function compileReshape(config: ShapeConfig): ((line: string) => string) | null {
  const { names, nested } = config;
  const renamed = new Map(SHARED.flatMap((own) => {
    const name = nameOf({ names, rest: 'keep' }, own);
    return name === null || name === own ? [] : [[own as string, name] as const];
  }));
  const constants = constantsOf(config);
  const beside = new Set(nested?.beside);
  if (renamed.size + Object.keys(constants).length === 0 && nested === undefined) return null;
  return (line) => {
    const all = Object.entries({ ...(JSON.parse(line) as Record<string, unknown>), ...constants });
    const part = (which: boolean): Record<string, unknown> => Object.fromEntries(all.filter(([own]) => (nested === undefined || beside.has(own)) === which).map(([own, value]) => [renamed.get(own) ?? own, value]));
    if (nested === undefined) return `${JSON.stringify(part(true))}\n`;
    const within = part(false);
    return `${JSON.stringify({ ...part(true), [nested.below]: nested.as === 'text' ? JSON.stringify(within) : within })}\n`;
  };
}
