import { DOCUMENT, INITIALIZER, page } from './page.js';

/** Name of ReDoc's one file. */
export const REDOC_SCRIPT = 'redoc.standalone.js';

/** What ReDoc needs: its own script, a worker for the search that it makes of itself, styles it puts into the page. Nothing from elsewhere. */
export const REDOC_POLICY = "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param path as the client asked for it, still percent-encoded. */
export function redocPage(title: string, path: string): string {
  return page(title, path, {
    // Browsers would ask for an icon at the root of the origin, where somebody else may be.
    head: () => '<link rel="icon" href="data:,">',
    body: (base) => `<div id="redoc"></div>
<script src="${base}${REDOC_SCRIPT}"></script>
<script src="${base}${INITIALIZER}"></script>`,
  });
}

/** The document stands beside it. The letters are those of the reader's system: ReDoc's own come from elsewhere. */
export const REDOC_INITIALIZER_SCRIPT = `Redoc.init(new URL('${DOCUMENT}', document.currentScript.src).href, {
  sanitize: true,
  theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } },
}, document.getElementById('redoc'));
`;
