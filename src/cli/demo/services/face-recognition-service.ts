import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, invalid } from '../toolkit/call.js';
import { readForm } from '../toolkit/form.js';
import { png } from '../toolkit/png.js';
import type { DemoService, Surroundings } from './demo-service.js';

const boundary = 'frame';
const width = 96;
const height = 54;

/** What the camera sees: a bright bar that walks across a grey wall. */
function picture(tick: number): Buffer {
  const bar = (tick * 4) % width;
  return png(width, height, (x, y) => (Math.abs(x - bar) < 4 ? 240 : 40 + y));
}

async function film(response: ServerResponse, options: { pauseMs: number; signal: AbortSignal }): Promise<void> {
  const { pauseMs, signal } = options;
  for (let tick = 0; ; tick++) {
    const image = picture(tick);
    const head = `--${boundary}\r\nContent-Type: image/png\r\nContent-Length: ${image.length}\r\n\r\n`;
    const flowing = response.write(Buffer.concat([Buffer.from(head), image, Buffer.from('\r\n')]));
    // A slow viewer gets fewer pictures, not a longer queue of old ones.
    if (!flowing) await once(response, 'drain', { signal });
    await sleep(pauseMs, undefined, { signal, ref: false });
  }
}

/** Pictures for as long as someone watches; `?fps=` from 1 to 25, 5 by default. */
async function stream({ request, response, query }: Call): Promise<void> {
  const fps = Math.min(Math.max(Number(query.get('fps')) || 5, 1), 25);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, {
    'content-type': `multipart/x-mixed-replace; boundary=${boundary}`,
    'cache-control': 'no-store',
  });
  if (request.method === 'HEAD') return void response.end();
  await film(response, { pauseMs: 1000 / fps, signal: gone.signal });
}

/** Serves `/api/v1/...` itself. No face leaves a trace: pictures are hashed as they pass, and the hash picks the pupil. */
export function faceRecognitionService({ school }: Surroundings): DemoService {
  return {
    description: 'Reconnaissance faciale et caméra',
    routes: {
      'POST /api/v1/face-recognition/recognize': async ({ request }) => {
        const [file] = (await readForm(request)).files;
        if (!file || file.size === 0) throw invalid(['body', 'file'], 'Field required', 'missing');
        const student = school.students.get((Number.parseInt(file.sha256.slice(0, 8), 16) % school.students.size) + 1);
        const confidence = 0.8 + (Number.parseInt(file.sha256.slice(8, 10), 16) / 255) * 0.19;
        return { recognized: student !== undefined, student, confidence: Number(confidence.toFixed(3)), file };
      },
      'GET /api/v1/camera/stream': stream,
      'GET /api/v1/camera/snapshot': ({ response }) => {
        const image = picture(10);
        response.writeHead(200, {
          'content-type': 'image/png',
          'content-length': image.length,
          'cache-control': 'no-store',
        });
        response.end(image);
      },
    },
  };
}
