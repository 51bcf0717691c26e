import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { events, parseDuration, Problem, problems, systemClock, type Exchange } from '#libs/kernel';
import { Fleet, type Topic } from '../cluster/index.js';
import { LOG_LEVELS, logLevel } from '../config/index.js';
import { LogLevel, type LevelView } from '../telemetry/index.js';
import { agreed, type Agreed } from './service-view.js';

/** A day: whoever means longer writes it into the file. */
const LONGEST = 86_400_000;
/** Milliseconds that a level holds unless the call says otherwise. */
const USUAL = 600_000;

/** What is asked for: `for` is a duration such as 10m. */
export const askedLevel = z.strictObject({ level: logLevel, for: z.string().optional() });

/** A level by hand and until when it holds, in milliseconds since the epoch; `null` for what the file says. */
const override = z.strictObject({ level: z.enum(LOG_LEVELS), until: z.number() }).nullable();
type Override = z.output<typeof override>;

const view = z.strictObject({ level: z.enum(LOG_LEVELS), configured: z.enum(LOG_LEVELS), until: z.number().nullable() });

const viewTopic: Topic<null, LevelView> = { name: 'admin.log', question: z.null(), answer: view };
const setTopic: Topic<Override, null> = { name: 'admin.log.set', question: override, answer: z.null() };

/** The level as all workers together see it. */
export interface JoinedLevelView {
  readonly level: Agreed<string>;
  /** What the file says. */
  readonly configured: Agreed<string>;
  /** ISO 8601, when the file holds again; `null` where it does. */
  readonly until: Agreed<string | null>;
}

/** Looks at the log level and changes it for a while, in all workers. */
@Injectable()
export class LogService implements OnApplicationBootstrap {
  constructor(private readonly fleet: Fleet, private readonly level: LogLevel) {
    fleet.answer(viewTopic, () => level.view);
    fleet.answer(setTopic, (asked) => {
      if (asked === null) level.reset();
      else level.set(asked.level, asked.until);
      return null;
    });
  }

  /** A worker that takes another's place goes on with what was asked by hand. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.fleet.worker === null) return;
    const { answers } = await this.fleet.ask(viewTopic, null);
    const now = systemClock.now();
    const [other] = answers.filter(({ until }) => until !== null && until > now);
    if (other?.until && this.level.view.until === null) this.level.set(other.level, other.until);
  }

  async view(): Promise<JoinedLevelView> {
    const { answers } = await this.fleet.ask(viewTopic, null);
    return {
      level: agreed(answers.map(({ level }) => level)),
      configured: agreed(answers.map(({ configured }) => configured)),
      until: agreed(answers.map(({ until }) => (until === null ? null : new Date(until).toISOString()))),
    };
  }

  /** @throws Problem by rejection: unprocessable, or that a worker could not. */
  async set(exchange: Exchange, { for: text, level }: z.output<typeof askedLevel>): Promise<JoinedLevelView> {
    const left = text === undefined ? USUAL : parseDuration(text);
    if (left === undefined || left < 1 || left > LONGEST) throw new Problem(problems.unprocessable, '"for" is not a duration between 1ms and 24h, such as 10m');
    await this.#order({ level, until: systemClock.now() + left });
    audit(exchange, 'log.level', { level, for: left });
    return this.view();
  }

  /** What the file says holds again. */
  async reset(exchange: Exchange): Promise<JoinedLevelView> {
    await this.#order(null);
    audit(exchange, 'log.reset', {});
    return this.view();
  }

  async #order(asked: Override): Promise<void> {
    const { failures } = await this.fleet.ask(setTopic, asked);
    if (failures.length > 0) throw new Problem(problems.internal, `Some workers did not do it: ${failures.join('; ')}`);
  }
}

function audit({ client, id, principal }: Exchange, action: string, details: Readonly<Record<string, string | number>>): void {
  events.audited.publish({ action, outcome: 'done', actor: principal && `${principal.authenticator}:${principal.id}`, subject: null, client, requestId: id, details });
}
