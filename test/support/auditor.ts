import { writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { systemClock } from '#libs/kernel';
import { timeId } from '../../src/auth/time-id.js';
import { Counts } from '../../src/audit/counts.js';
import { Spool } from '../../src/audit/spool.js';
import { Trail } from '../../src/audit/trail.js';
import { notice } from '../../src/audit/trail.fixture.js';
import { auditSchema } from '../../src/config/schema/audit.js';
import { databaseSchema } from '../../src/config/schema/database.js';
import { connect } from '../../src/database/index.js';

/** Whoever reads may be slow. */
async function tell(text: string): Promise<void> {
  try {
    writeSync(1, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    await turn();
    await tell(text);
  }
}

/*
 * A process that records one thing after the other and writes each down once it is recorded, a line each, until it is
 * killed. Its arguments are the file, what `database:` of it says, the folder of the spools, how its entries begin, and
 * how many there are to be.
 */
const [, , file = '', settings = '{}', folder = '', name = 'a', count = 'Infinity'] = process.argv;
const database = connect({ file, database: databaseSchema.parse(JSON.parse(settings)) }, systemClock, () => undefined);
await database.settled;
const spool = await Spool.open(folder, () => timeId(systemClock.now()));
const log = { info: () => undefined, warn: () => undefined, error: (fields: object, message: string) => void writeSync(2, `${message} ${JSON.stringify(fields)}\n`) };
const trail = new Trail({ settings: auditSchema.parse({}), folder, spool, database, clock: systemClock, counts: new Counts(), log: log as unknown as ConstructorParameters<typeof Trail>[0]['log'], worker: null });
trail.begin();
for (let n = 0; n < Number(count); n++) {
  const requestId = `${name}-${n}`;
  trail.record(notice({ requestId }));
  await tell(`${requestId}\n`);
  // The database gets its turn, too.
  if (n % 10 === 9) await turn();
}
await trail.close();
await database.close();
