import type { Readable } from 'node:stream';
import { Problem, problems, type Exchange, type Interceptor } from '#libs/kernel';
import { isForm } from '../../http/form-type.js';
import { compileMultipartRules } from '../../http/multipart-rules.js';
import type { CompileRequest } from '../compile.js';

/** `body.multipart`: looks at forms with files while they pass, and at no other body. */
export const multipart: CompileRequest = ({ settings: { body: { multipart: config } } }): Interceptor | null => {
  if (config === undefined) return null;
  const rules = compileMultipartRules(config);
  return {
    async intercept(exchange, next) {
      const form = formOf(exchange);
      if (form !== null) {
        refuseCoded(exchange);
        // Most gateways never see a form, and need no parser.
        const { MultipartBody } = await import('../../http/multipart-body.js');
        form.outgoing.body = new MultipartBody(form.body, form.type, rules());
      }
      return next(exchange);
    },
  };
};

function formOf({ outgoing }: Exchange): { readonly outgoing: NonNullable<typeof outgoing>; readonly body: Readable; readonly type: string } | null {
  const type = outgoing?.headers.get('content-type');
  if (outgoing === null || type === undefined || !isForm(type)) return null;
  const { body } = outgoing;
  return body === null || Buffer.isBuffer(body) ? null : { outgoing, body, type };
}

/** Nobody could look into it, and a service would unpack what nobody looked at. */
function refuseCoded({ headers }: Exchange): void {
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity') throw new Problem(problems.unsupportedMediaType, 'This route looks into forms and takes them without Content-Encoding', { headers: { 'Accept-Encoding': 'identity' } });
}
