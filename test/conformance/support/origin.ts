import { createServer, type AddressInfo, type Socket } from 'node:net';
import { bodyOf, render, says, type Answer, type Place } from './answers.js';

/** A request as the origin got it. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  /** Values by lower-case name, several lines joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A request, and what the origin said to it. */
export interface Exchanged extends Asked {
  readonly said: Answer;
  /** Body of what it said. */
  readonly text: string;
}

/** What the origin says to the requests of one case, and what these were. */
export interface Script {
  readonly place: Place;
  /** Said in turn; to what comes beyond them, 299. */
  readonly answers: Answer[];
  readonly asked: Exchanged[];
}

export interface Origin extends AsyncDisposable {
  readonly url: string;
  /** By the first segment of the path. */
  readonly scripts: Map<string, Script>;
}

const UNEXPECTED: Answer = { ...says(299, 'Cache-Control: no-store'), body: 'the origin was not meant to be asked' };

/** Takes the first whole request off the bytes; `null` when there is none yet. */
function parse(bytes: string): { readonly request: Asked; readonly rest: string } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = bytes.slice(0, end).split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    const value = line.slice(line.indexOf(':') + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  const after = bytes.slice(end + 4);
  const length = headers.has('transfer-encoding') ? after.indexOf('0\r\n\r\n') + 5 : Number(headers.get('content-length') ?? 0);
  if (after.length < length || length === 4) return null;
  return { request: { method, target, headers, body: after.slice(0, length) }, rest: after.slice(length) };
}

function reply(scripts: Map<string, Script>, request: Asked, socket: Socket): void {
  const script = scripts.get(request.target.split(/[/?]/)[1] ?? '');
  if (!script) {
    socket.destroy();
    return;
  }
  const n = script.asked.length + 1;
  const answer = script.answers.shift() ?? UNEXPECTED;
  script.asked.push({ ...request, said: answer, text: bodyOf(answer, n) });
  const send = (): void => {
    if (answer.framing === 'hang-up') {
      socket.destroy();
      return;
    }
    const { bytes, ends } = render(answer, n, request.method, script.place);
    if (ends) socket.end(bytes);
    else socket.write(bytes);
  };
  if (answer.delay) setTimeout(send, answer.delay);
  else send();
}

/** An origin that says, byte for byte, what each case tells it to, and remembers every request. */
export async function scriptedOrigin(): Promise<Origin> {
  const scripts = new Map<string, Script>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    let bytes = '';
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1');
      for (let next = parse(bytes); next; next = parse(bytes)) {
        bytes = next.rest;
        reply(scripts, next.request, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, scripts, [Symbol.asyncDispose]: close };
}
