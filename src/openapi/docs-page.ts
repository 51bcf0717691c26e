/** What Swagger UI needs: its own files, styles it sets on elements, and icons in its style sheet. Nothing from elsewhere. */
export const DOCS_POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Name of the document below the page. */
export const DOCUMENT = 'openapi.json';
export const INITIALIZER = 'initializer.js';

/**
 * The page. Links are relative to its own address, which has no slash at its end, so that it works behind a proxy that
 * cuts off a prefix.
 * @param path as the client asked for it, still percent-encoded.
 */
export function docsPage(title: string, path: string): string {
  const base = escapeHtml(`./${path.slice(path.lastIndexOf('/') + 1)}`).replace(/\/?$/, '/');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${base}swagger-ui.css">
<link rel="stylesheet" href="${base}index.css">
<link rel="icon" type="image/png" href="${base}favicon-32x32.png" sizes="32x32">
<link rel="icon" type="image/png" href="${base}favicon-16x16.png" sizes="16x16">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${base}swagger-ui-bundle.js"></script>
<script src="${base}swagger-ui-standalone-preset.js"></script>
<script src="${base}${INITIALIZER}"></script>
</body>
</html>
`;
}

/** A file of its own: the policy allows no script inside the page. The document stands beside it. */
export const INITIALIZER_SCRIPT = `window.ui = SwaggerUIBundle({
  url: new URL('${DOCUMENT}', document.currentScript.src).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
});
`;

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
