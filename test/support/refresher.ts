import { writeSync } from 'node:fs';
import { systemClock } from '#libs/kernel';
import { databaseSchema } from '../../src/config/schema/database.js';
import { connect } from '../../src/database/index.js';
import { ADA, SessionRig } from '../../src/identity/sessions/sessions.fixture.js';

/*
 * A process that refreshes several sessions again and again, and writes each token down once it has it, until it is
 * killed: `<session> <token>` a line. Its arguments are the file and what `database:` of it says.
 */
const [, , file = '', settings = '{}'] = process.argv;
const database = connect({ file, database: databaseSchema.parse(JSON.parse(settings)) }, systemClock, () => undefined);
await database.settled;
const rig = new SessionRig(database, { clock: systemClock, config: { refresh: { grace: '5m' } } });
const account = await rig.account('ada');

async function refreshForever(): Promise<never> {
  let grant = await rig.sessions.open(account, ADA);
  for (;;) {
    writeSync(1, `${grant.session} ${grant.refreshToken}\n`);
    grant = await rig.sessions.refresh(grant.refreshToken, ADA);
  }
}

await Promise.all(Array.from({ length: 6 }, refreshForever));
