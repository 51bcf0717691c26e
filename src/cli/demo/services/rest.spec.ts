import { PlatformFixture } from '../platform.fixture.js';

const platform = new PlatformFixture();
beforeEach(() => platform.start());
afterEach(() => platform.close());

const student = { first_name: 'Ilyas', last_name: 'Naciri', email: 'ilyas@presencepro.example', class_id: 2 };

describe('user-service', () => {
  it('lists in pages', async () => {
    const { body } = await platform.ask('user-service', 'GET /students/?page=2&per_page=10');
    expect(body).toMatchObject({ total: 36, page: 2, per_page: 10, total_pages: 4 });
    expect((body['data'] as { id: number }[]).map(({ id }) => id)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it('filters by a field and searches', async () => {
    expect((await platform.ask('user-service', 'GET /students/?class_id=1')).body).toMatchObject({ total: 12 });
    expect((await platform.ask('user-service', 'GET /users?search=enseignant')).body).toMatchObject({
      total: 1,
      data: [{ username: 'enseignant' }],
    });
  });

  it('remembers what is written', async () => {
    const made = await platform.ask('user-service', 'POST /students/', { json: student });
    expect(made).toMatchObject({ status: 201, body: { ...student, parent_id: null } });
    const item = `/students/${String(made.body['id'])}`;
    expect((await platform.ask('user-service', `GET ${item}`)).body).toEqual(made.body);
    const patched = await platform.ask('user-service', `PATCH ${item}`, { json: { class_id: 3 } });
    expect(patched).toMatchObject({ status: 200, body: { first_name: 'Ilyas', class_id: 3 } });
    const put = await platform.ask('user-service', `PUT ${item}`, { json: { ...student, last_name: 'Ziani' } });
    expect(put.body).toMatchObject({ last_name: 'Ziani', class_id: 2 });
    expect(await platform.ask('user-service', `DELETE ${item}`)).toMatchObject({ status: 204 });
    expect(await platform.ask('user-service', `GET ${item}`)).toMatchObject({
      status: 404,
      body: { detail: expect.stringMatching(/^Élève \d+ introuvable$/) },
    });
  });

  it('sends a client without the slash to itself, by an absolute address', async () => {
    const { status, headers } = await platform.ask('user-service', 'GET /students?page=2');
    expect(status).toBe(307);
    expect(headers.get('location')).toBe(platform.url('user-service', '/students/?page=2'));
  });

  it.each([
    ['GET /students/abc', undefined, ['path', 'id']],
    ['GET /students/?page=0', undefined, ['query', 'page']],
    ['POST /students/', '{', ['body']],
    ['POST /students/', JSON.stringify({ ...student, email: 'nobody' }), ['body', 'email']],
  ])('says where %s is wrong', async (line, body, loc) => {
    const answer = await platform.ask('user-service', line, body === undefined ? {} : { body });
    expect(answer).toMatchObject({
      status: 422,
      body: { detail: [{ loc, msg: expect.any(String), type: expect.any(String) }] },
    });
  });

  it('refuses JSON beyond a megabyte and goes on', async () => {
    const answer = await platform.ask('user-service', 'POST /students/', { body: 'x'.repeat(2_000_000) });
    expect(answer.status).toBe(413);
    expect(await platform.ask('user-service', 'GET /teachers/1')).toMatchObject({
      status: 200,
      body: { last_name: 'El Amrani' },
    });
  });
});

describe('course-service', () => {
  it.each([
    ['/courses/', 6],
    ['/classes/', 3],
    ['/schedules/', 12],
    ['/assignments/', 6],
  ])('lists %s', async (path, total) => {
    expect((await platform.ask('course-service', `GET ${path}`)).body).toMatchObject({ total });
  });
});

describe('attendance-service and statistics-service', () => {
  const record = { student_id: 1, course_id: 1, date: '2026-03-16', status: 'absent' };

  it('counts a mark at once', async () => {
    const before = (await platform.ask('statistics-service', 'GET /stats/student/1')).body as {
      attendance: { absent: number };
    };
    expect(await platform.ask('attendance-service', 'POST /api/v1/attendance/mark', { json: record })).toMatchObject({
      status: 201,
    });
    const bulk = { records: [record, { ...record, status: 'late' }] };
    expect(
      (await platform.ask('attendance-service', 'POST /api/v1/attendance/bulk-mark', { json: bulk })).body,
    ).toMatchObject({ total: 2 });
    const after = (await platform.ask('statistics-service', 'GET /stats/student/1')).body;
    expect(after).toMatchObject({ name: 'Salma Idrissi', attendance: { absent: before.attendance.absent + 2 } });
  });

  it('shows each family its own', async () => {
    const all = await platform.ask('attendance-service', 'GET /api/v1/attendance', { as: { id: 2, role: 'teacher' } });
    expect(Number(all.body['total'])).toBeGreaterThan(100);
    for (const as of [
      { id: 'etudiant', role: 'student' },
      { id: 4, role: 'parent' },
    ]) {
      const own = await platform.ask('attendance-service', 'GET /api/v1/attendance?per_page=100', { as });
      expect(new Set((own.body['data'] as { student_id: number }[]).map((row) => row.student_id))).toEqual(
        new Set([1]),
      );
    }
  });

  it('reports by pupil, course and class, and as a file', async () => {
    expect((await platform.ask('attendance-service', 'GET /api/v1/attendance/student/2')).body).toMatchObject({
      total: 5,
    });
    expect((await platform.ask('attendance-service', 'GET /api/v1/attendance/class/2')).body).toMatchObject({
      total: 60,
    });
    expect((await platform.ask('attendance-service', 'GET /api/v1/attendance/reports')).body).toMatchObject({
      rate: expect.any(Number),
    });
    const file = await platform.ask('attendance-service', 'GET /api/v1/attendance/export');
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="presences.csv"');
    expect(String(file.body['text'])).toMatch(
      /^id,student_id,course_id,date,status,method\r\n1,1,1,2026-03-11,present,manual\r\n/,
    );
  });

  it('answers for the school, a class and a pupil', async () => {
    expect((await platform.ask('statistics-service', 'GET /stats/global')).body).toMatchObject({
      students: 36,
      classes: 3,
      pending_justifications: 1,
    });
    expect((await platform.ask('statistics-service', 'GET /stats/class/1')).body).toMatchObject({
      name: '2nde A',
      students: 12,
    });
    expect(await platform.ask('statistics-service', 'GET /stats/class/99')).toMatchObject({
      status: 404,
      body: { detail: 'Classe 99 introuvable' },
    });
  });
});
