import { DOCUMENT, INITIALIZER, page } from './page.js';

/** What Swagger UI needs: its own files, styles it sets on elements, and icons in its style sheet. Nothing from elsewhere. */
export const DOCS_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param path as the client asked for it, still percent-encoded. */
export function docsPage(title: string, path: string): string {
  return page(title, path, {
    head: (base) => `<link rel="stylesheet" href="${base}swagger-ui.css">
<link rel="stylesheet" href="${base}index.css">
<link rel="icon" type="image/png" href="${base}favicon-32x32.png" sizes="32x32">
<link rel="icon" type="image/png" href="${base}favicon-16x16.png" sizes="16x16">`,
    body: (base) => `<div id="swagger-ui"></div>
<script src="${base}swagger-ui-bundle.js"></script>
<script src="${base}swagger-ui-standalone-preset.js"></script>
<script src="${base}${INITIALIZER}"></script>`,
  });
}

/** The document stands beside it. */
export const INITIALIZER_SCRIPT = `window.ui = SwaggerUIBundle({
  url: new URL('${DOCUMENT}', document.currentScript.src).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
});
`;
