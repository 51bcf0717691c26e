import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { Problem, problems } from '#libs/kernel';
import { Fleet, reloadTopic, type ReloadOutcome, type Topic } from '../cluster/index.js';
import { ServiceDirectory, serviceNamed } from '../services/index.js';
import { carryOut, command, inForce, type Command } from './commands.js';
import { joinViews, serviceView, viewOf, type JoinedView, type ServiceView } from './service-view.js';

type Views = Readonly<Record<string, ServiceView>>;

const viewsTopic: Topic<null, Views> = { name: 'admin.services', question: z.null(), answer: z.record(z.string(), serviceView) };
const handsTopic: Topic<null, Command[]> = { name: 'admin.hands', question: z.null(), answer: z.array(command) };
const commandTopic: Topic<Command, null> = { name: 'admin.command', question: command, answer: z.null() };

/** Looks at services, and acts on them, in all workers. */
@Injectable()
export class AdminService implements OnApplicationBootstrap {
  constructor(
    private readonly fleet: Fleet,
    private readonly directory: ServiceDirectory,
  ) {
    fleet.answer(viewsTopic, () => Object.fromEntries([...directory.services].map(([name, service]) => [name, viewOf(service)])));
    fleet.answer(commandTopic, (asked) => {
      carryOut(asked, directory.services);
      return null;
    });
    fleet.answer(handsTopic, () => inForce(directory.services));
  }

  /** A worker that takes another's place goes on with what was done by hand. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.fleet.worker === null) return;
    const { answers } = await this.fleet.ask(handsTopic, null);
    for (const asked of answers.flat()) {
      try {
        carryOut(asked, this.directory.services);
      } catch (error) {
        // Another configuration may be in force there, with other services.
        if (!(error instanceof Problem)) throw error;
      }
    }
  }

  async services(): Promise<Readonly<Record<string, JoinedView>>> {
    const { answers } = await this.fleet.ask(viewsTopic, null);
    const names = [...this.directory.services.keys()];
    return Object.fromEntries(names.map((name) => [name, joinViews(answers.flatMap((views) => views[name] ?? []))]));
  }

  /** @throws Problem unknown-service by rejection. */
  async service(name: string): Promise<JoinedView> {
    serviceNamed(name, this.directory.services);
    return (await this.services())[name] as JoinedView;
  }

  /**
   * Carries a command out in every worker.
   * @returns the service as it is then.
   * @throws Problem by rejection: unknown-service, unknown-target, unknown-breaker, or that a worker could not.
   */
  async command(asked: Command): Promise<JoinedView> {
    // Here first: what cannot be done is told as a problem, and by no worker in part.
    carryOut(asked, this.directory.services);
    const { failures } = await this.fleet.ask(commandTopic, asked);
    if (failures.length > 0) throw new Problem(problems.internal, `Some workers did not do it: ${failures.join('; ')}`);
    return this.service(asked.service);
  }

  async reload(): Promise<ReloadOutcome> {
    const { answers: [outcome], failures } = await this.fleet.ask(reloadTopic, null);
    if (!outcome) throw new Problem(problems.internal, `The reload came to no end: ${failures.join('; ')}`);
    return outcome;
  }
}
