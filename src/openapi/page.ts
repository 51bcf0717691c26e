/** Name of the document below a page. */
export const DOCUMENT = 'openapi.json';
/** The script that starts a page; a file of its own, for the policy allows none inside the page. */
export const INITIALIZER = 'initializer.js';

/** Head and body of a page; `base` is where its files are, ready for an attribute. */
export interface PageParts {
  readonly head: (base: string) => string;
  readonly body: (base: string) => string;
}

/**
 * A page that shows the document. Links are relative to its own address, which has no slash at its end, so that it works
 * behind a proxy that cuts off a prefix.
 * @param path as the client asked for it, still percent-encoded.
 */
export function page(title: string, path: string, { body, head }: PageParts): string {
  const base = escapeHtml(`./${path.slice(path.lastIndexOf('/') + 1)}`).replace(/\/?$/, '/');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${head(base)}
</head>
<body>
${body(base)}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
