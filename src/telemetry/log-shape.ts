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
    this.#reshape = compileReshape(config, this.#redaction);
  }

  get redaction(): Redaction {
    return this.#redaction;
  }

  adopt(config: ShapeConfig): void {
    this.#redaction = Redaction.of(config);
    this.#reshape = compileReshape(config, this.#redaction);
  }

  /** @param line complete, with its line feed. */
  shaped(line: string): string {
    return this.#reshape === null ? line : this.#reshape(line);
  }
}

/** `null` where lines stay as they are. A field that access lines leave out keeps its name here: without it a line would say nothing. */
function compileReshape(config: ShapeConfig, redaction: Redaction): ((line: string) => string) | null {
  const { names, nested } = config;
  const renamed = new Map(SHARED.flatMap((own) => {
    const name = nameOf({ names, rest: 'keep' }, own);
    return name === null || name === own ? [] : [[own as string, name] as const];
  }));
  const constants = Object.entries(constantsOf(config, redaction));
  const beside = new Set(nested?.beside);
  if (renamed.size + constants.length === 0 && nested === undefined) return null;
  return (line) => {
    const own = Object.entries(JSON.parse(line) as Record<string, unknown>);
    const part = (which: boolean): Record<string, unknown> => {
      const isMeant = ([name]: readonly [string, unknown]): boolean => (nested === undefined || beside.has(name)) === which;
      // What the file adds has its name already: it may well be one that a field of ours has given up.
      return Object.fromEntries([...own.filter(isMeant).map(([name, value]) => [renamed.get(name) ?? name, value]), ...constants.filter(isMeant)]);
    };
    if (nested === undefined) return `${JSON.stringify(part(true))}\n`;
    const within = part(false);
    return `${JSON.stringify({ ...part(true), [nested.below]: nested.as === 'text' ? JSON.stringify(within) : within })}\n`;
  };
}
