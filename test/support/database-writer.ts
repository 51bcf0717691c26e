import { writeSync } from 'node:fs';
import { systemClock } from '#libs/kernel';
import { databaseSchema } from '../../src/config/schema/database.js';
import { connect } from '../../src/database/index.js';

/*
 * A process that registers accounts and writes each down once it is told that it is there, a line each; `refused` where
 * it is not. Its arguments are the file, what `database:` of it says, how its accounts begin, how many there are to be,
 * and how many at once.
 */
const [, , file = '', settings = '{}', name = 'w', count = '10', lanes = '1'] = process.argv;
const database = connect({ file, database: databaseSchema.parse(JSON.parse(settings)) }, systemClock, () => undefined);
await database.settled;

async function register(id: string): Promise<void> {
  const now = systemClock.now();
  await database.transaction(async (trx) => {
    // Who reads first has seen the state before another process wrote.
    await trx.selectFrom('accounts').select('id').where('login', '=', id).execute();
    await trx.insertInto('accounts').values({
      id, login: id, email: null, name: null, password: null, roles: '[]', permissions: '[]', active: 1, verified_at: null,
      created_at: now, updated_at: now, password_changed_at: now, attributes: '{}',
    }).execute();
    await trx.insertInto('sessions').values({ id, account_id: id, created_at: now, last_used_at: now, expires_at: now, ended_at: null, end_reason: null, client: '', agent: '' }).execute();
  });
}

let next = 0;
async function lane(): Promise<void> {
  for (let n = next++; n < Number(count); n = next++) {
    const id = `${name}-${n}`;
    const said = await register(id).then(() => id, () => 'refused');
    writeSync(1, `${said}\n`);
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, lane));
await database.close();
