import { workerData } from 'node:worker_threads';

const { flag, port } = workerData;
/** As k6 writes the names of fields: `Cache-Status`. */
const canonical = (name) => name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

port.on('message', async ({ url, ...asked }) => {
  let said = { status: 0, headers: {}, body: null };
  try {
    const answer = await fetch(url, { ...asked, redirect: 'manual' });
    said = { status: answer.status, headers: Object.fromEntries([...answer.headers].map(([name, value]) => [canonical(name), value])), body: await answer.text() };
  } catch {
    // k6 goes on too, with status 0.
  }
  port.postMessage(said);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
