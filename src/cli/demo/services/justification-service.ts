import type { IncomingMessage } from 'node:http';
import { callerId, studentsVisibleTo } from '../callers.js';
import { type Justification, justificationSchema } from '../model.js';
import { parse, readJson } from '../toolkit/body.js';
import { type Call, created, type Handler, invalid, Refusal } from '../toolkit/call.js';
import { download } from '../toolkit/download.js';
import { readForm } from '../toolkit/form.js';
import { existing, rowOf } from '../toolkit/resource.js';
import type { DemoService, Surroundings } from './demo-service.js';

const base = '/api/v1/justifications';
const columns = ['id', 'student_id', 'start_date', 'end_date', 'status', 'reason'] as const;
const requestSchema = justificationSchema.omit({ status: true, reviewed_by: true, attachments: true });

/** A form with files, as the frontend sends it, or plain JSON. Whoever asks does not decide: all start pending. */
async function readRequest(request: IncomingMessage): Promise<Justification> {
  const untouched = { status: 'pending', reviewed_by: null } as const;
  if (!request.headers['content-type']?.startsWith('multipart/')) {
    return { ...parse(requestSchema, await readJson(request)), ...untouched, attachments: [] };
  }
  const { fields, files } = await readForm(request);
  return { ...parse(requestSchema, fields), ...untouched, attachments: [...files] };
}

/** Serves `/api/v1/justifications` itself. */
export function justificationService({ school }: Surroundings): DemoService {
  const rows = school.justifications;
  const visible = ({ request }: Call): ((row: Justification) => boolean) => {
    const mine = studentsVisibleTo(request, school);
    return ({ student_id }) => mine(student_id);
  };
  const options = { rows, label: 'Justification', visible };
  const decide = (call: Call, status: Justification['status']): Justification => {
    const row = rowOf(call, options);
    return rows.replace(row.id, { ...row, status, reviewed_by: callerId(call.request, school) });
  };
  const attach: Handler = async (call) => {
    const { id } = rowOf(call, options);
    const { files } = await readForm(call.request);
    if (files.length === 0) throw invalid(['body', 'file'], 'Field required', 'missing');
    // Read again: the row may have changed while the file was coming in.
    const row = rowOf(call, options);
    return created(rows.replace(id, { ...row, attachments: [...row.attachments, ...files] }));
  };
  return {
    description: 'Justifications d’absence et pièces jointes',
    routes: {
      ...existing(base, { ...options, schema: requestSchema }),
      [`POST ${base}`]: async (call) => {
        const row = await readRequest(call.request);
        if (!visible(call)(row)) throw new Refusal(403, 'Accès refusé pour cet élève');
        return created(rows.add(row));
      },
      [`POST ${base}/:id/approve`]: (call) => decide(call, 'approved'),
      [`POST ${base}/:id/reject`]: (call) => decide(call, 'rejected'),
      [`GET ${base}/:id/attachments`]: (call) => ({ data: rowOf(call, options).attachments }),
      [`POST ${base}/:id/attachments`]: attach,
      [`GET ${base}/export`]: (call) => download(call, 'justifications.csv', rows.where(visible(call)), columns),
    },
  };
}
