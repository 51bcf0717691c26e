import { channel } from './channel.fixture.js';
import { Link } from './link.js';
import { toSupervisor, toWorker, type ToSupervisor, type ToWorker } from './messages.js';

function setup() {
  const [here, there] = channel();
  const link = new Link<ToSupervisor, ToWorker>(here, toSupervisor);
  const heard: ToSupervisor[] = [];
  link.onMessage((message) => heard.push(message));
  const arrive = async (message: unknown): Promise<readonly ToSupervisor[]> => {
    await new Promise((arrived) => { there.send(message, arrived); });
    return heard;
  };
  return { arrive, here, link };
}

describe('messages between supervisor and workers', () => {
  it.each<[unknown]>([[{ kind: 'hello' }], [{ kind: 'ready', url: 'http://a', version: 'v' }], [{ kind: 'answer', id: 0, answer: new Uint8Array(3), failure: '' }]])('%j arrives', async (message) => {
    expect(await setup().arrive(message)).toEqual([message]);
  });

  it.each<[unknown]>([['hello'], [null], [{ kind: 'nonsense' }], [{ kind: 'hello', more: 1 }], [{ kind: 'ask', id: -1, topic: 'a', question: new Uint8Array(1), limit: 1 }], [{ kind: 'answer', id: 0, answer: 'text', failure: '' }]])('%j is dropped', async (message) => {
    expect(await setup().arrive(message)).toEqual([]);
  });

  it('leave for nobody once the other end is gone', async () => {
    const { here, link } = setup();
    expect(await link.send({ kind: 'leave', manner: 'gentle' })).toBe(true);
    here.disconnect();
    expect([link.connected, await link.send({ kind: 'leave', manner: 'gentle' })]).toEqual([false, false]);
  });

  it('of a supervisor are none of a worker', () => expect(toWorker.safeParse({ kind: 'hello' }).success).toBe(false));
});
