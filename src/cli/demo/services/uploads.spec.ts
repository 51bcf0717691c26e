import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { PlatformFixture } from '../platform.fixture.js';

const platform = new PlatformFixture();
beforeEach(() => platform.start());
afterEach(() => platform.close());

const base = '/api/v1/justifications';
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

function form(fields: Record<string, string>, files: Record<string, Blob>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  for (const [name, blob] of Object.entries(files)) data.append(name, blob, 'certificat.pdf');
  return data;
}

describe('justification-service', () => {
  const fields = { student_id: '1', reason: 'Grippe, au lit', start_date: '2026-03-13', end_date: '2026-03-16' };

  it('takes fields and attachments and keeps what they were, not what they held', async () => {
    const scan = Buffer.alloc(3_000_000, 'a page\r\n--');
    const body = form(fields, {
      'attachments[0]': new Blob([scan], { type: 'application/pdf' }),
      'attachments[1]': new Blob(['']),
    });
    const made = await platform.ask('justification-service', `POST ${base}`, { body });
    expect(made).toMatchObject({ status: 201, body: { student_id: 1, reason: fields.reason, status: 'pending' } });
    expect(made.body['attachments']).toMatchObject([
      {
        field: 'attachments[0]',
        name: 'certificat.pdf',
        type: 'application/pdf',
        size: scan.length,
        sha256: sha256(scan),
      },
      { field: 'attachments[1]', size: 0 },
    ]);
    const item = `${base}/${String(made.body['id'])}`;
    const more = await platform.ask('justification-service', `POST ${item}/attachments`, {
      body: form({}, { file: new Blob(['suite']) }),
    });
    expect(more.status).toBe(201);
    const list = await platform.ask('justification-service', `GET ${item}/attachments`);
    expect((list.body['data'] as { size: number }[]).map(({ size }) => size)).toEqual([scan.length, 0, 5]);
  });

  it('takes JSON too, and lets nobody approve by writing', async () => {
    const made = await platform.ask('justification-service', `POST ${base}`, {
      json: { ...fields, status: 'approved' },
    });
    expect(made).toMatchObject({ status: 201, body: { status: 'pending', attachments: [] } });
    const item = `${base}/${String(made.body['id'])}`;
    const patched = await platform.ask('justification-service', `PATCH ${item}`, {
      json: { status: 'approved', reason: 'Angine' },
    });
    expect(patched.body).toMatchObject({ status: 'pending', reason: 'Angine' });
    const approved = await platform.ask('justification-service', `POST ${item}/approve`, {
      as: { id: 2, role: 'teacher' },
    });
    expect(approved.body).toMatchObject({ status: 'approved', reviewed_by: 2 });
  });

  it('hides other families', async () => {
    const as = { id: 4, role: 'parent' };
    expect((await platform.ask('justification-service', `GET ${base}/2`, { as })).status).toBe(404);
    expect(
      (await platform.ask('justification-service', `POST ${base}`, { as, json: { ...fields, student_id: 2 } })).status,
    ).toBe(403);
  });

  it('refuses a form without its fields, or cut short', async () => {
    expect(
      await platform.ask('justification-service', `POST ${base}`, { body: form({ reason: 'rien' }, {}) }),
    ).toMatchObject({
      status: 422,
      body: {
        detail: [{ loc: ['body', 'student_id'] }, { loc: ['body', 'start_date'] }, { loc: ['body', 'end_date'] }],
      },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const cut = await fetch(platform.url('justification-service', base), {
      method: 'POST',
      headers,
      body: '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
    });
    expect(cut.status).toBe(400);
  });

  it('survives a client that leaves in the middle of an upload', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const upload = httpRequest(platform.url('justification-service', base), { method: 'POST', headers });
    upload.on('error', () => undefined);
    await new Promise((written) =>
      upload.write('--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc', written),
    );
    upload.destroy();
    expect((await platform.ask('justification-service', 'GET /health')).status).toBe(200);
  });

  it('exports as a file, and no text becomes a formula', async () => {
    await platform.ask('justification-service', `POST ${base}`, { json: { ...fields, reason: '=1+1, "vraiment"' } });
    const file = await platform.ask('justification-service', `GET ${base}/export`);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="justifications.csv"');
    expect(file.body['text']).toContain(`"'=1+1, ""vraiment"""\r\n`);
  });
});

describe('face-recognition-service', () => {
  it('recognises the same face twice', async () => {
    const recognise = () =>
      platform.ask('face-recognition-service', 'POST /api/v1/face-recognition/recognize', {
        body: form({}, { file: new Blob(['face']) }),
      });
    const first = await recognise();
    expect(first).toMatchObject({
      status: 200,
      body: { recognized: true, student: { id: expect.any(Number) }, file: { sha256: sha256('face') } },
    });
    expect((await recognise()).body).toEqual(first.body);
  });

  it('wants a picture', async () => {
    const line = 'POST /api/v1/face-recognition/recognize';
    expect((await platform.ask('face-recognition-service', line, { body: form({ a: 'b' }, {}) })).status).toBe(422);
    expect((await platform.ask('face-recognition-service', line, { json: {} })).status).toBe(415);
  });
});
