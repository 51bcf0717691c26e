import { binaryVersion } from '../lib/binary-version.mjs';
import { launchNginx } from '../lib/nginx.mjs';

export const nginx = {
  name: 'nginx',
  kind: 'peer',
  needs: 'nginx',
  version: () => binaryVersion('nginx', '-v'),
  start: ({ port, upstream, dir }) => launchNginx('gateway', dir, `  upstream items {
    server ${new URL(upstream).host};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://items;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }`),
};
