import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinary } from './places.mjs';
import { launch } from './processes.mjs';

/** One worker, nothing outside `dir`, and connections that are never closed after nginx's usual 1000 requests. */
export function launchNginx(who, dir, http) {
  mkdirSync(dir, { recursive: true });
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${dir}/${kind};`);
  const config = join(dir, 'nginx.conf');
  writeFileSync(config, `daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
${temp.join('\n')}
${http}
}
`);
  return launch(who, findBinary('nginx'), ['-e', 'stderr', '-p', dir, '-c', config], { log: join(dir, 'output.log') });
}
