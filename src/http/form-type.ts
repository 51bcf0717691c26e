/** A type that some reader takes for a form: there are those that end it at a comma, or at a space. */
const FORM = /^\s*multipart\/form-data(?![\w!#$%&'*+.^`|~-])/i;
const STRICT = /^\s*multipart\/form-data\s*((?:;\s*[\w*.-]+=(?:"[^"\\]*"|[^\s";,\\]*)\s*)*)$/i;
const PARAMETER = /;\s*([\w*.-]+)=(?:"([^"\\]*)"|([^\s";,\\]*))/g;
/** RFC 2046 5.1.1, and whatever else of ASCII is in use. */
const BOUNDARY = /^[ -~]{0,69}[!-~]$/;

/** Whether a `Content-Type` value announces a form with files. */
export function isForm(contentType: string): boolean {
  return FORM.test(contentType);
}

/** What stands between the parts of a form; `null` where readers could see different ones, or none. */
export function boundaryOf(contentType: string): string | null {
  const [, parameters] = STRICT.exec(contentType) ?? [];
  const found = [...(parameters ?? '').matchAll(PARAMETER)].filter(([, name = '']) => /^boundary(?:\*|$)/i.test(name));
  const [, name = '', quoted, token] = found[0] ?? [];
  const boundary = quoted ?? token ?? '';
  return found.length === 1 && !name.includes('*') && BOUNDARY.test(boundary) ? boundary : null;
}
