import path from 'node:path';
import { demoPassword, demoUsers } from './demo/seed/users.js';
import { Failure } from './failure.js';
import type { Paint } from './io.js';

export interface DemoToken {
  /** Name of the user, which is the name of the role. */
  readonly role: string;
  readonly token: string;
}

interface Tour {
  readonly url: string;
  readonly file: string;
  readonly services: number;
  readonly tokens: readonly DemoToken[];
}

/**
 * Signs every user of the sample platform in, through the gateway.
 * @throws Failure when one cannot sign in.
 */
export function demoTokens(url: string): Promise<readonly DemoToken[]> {
  return Promise.all(demoUsers.map(async ({ username }) => {
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username, password: demoPassword }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Failure(`The sample user ${username} cannot sign in: ${answer.status} ${text}`);
    return { role: username, token: (JSON.parse(text) as { access_token: string }).access_token };
  }));
}

/** A few requests to copy, each one showing something else. */
export function tour({ file, services, tokens, url }: Tour, paint: Paint): string {
  const variable = (role: string): string => role.toUpperCase();
  const bearer = (role: string): string => `-H "Authorization: Bearer $${variable(role)}"`;
  const steps: readonly (readonly [what: string, ...commands: string[]])[] = [
    ['a teacher sees who was there', `curl ${url}/api/v1/attendance/1 ${bearer('enseignant')}`],
    ['a student may not: 403', `curl -i ${url}/api/v1/attendance/1 ${bearer('etudiant')}`],
    ['a file on its way to a service', `curl ${url}/api/v1/justifications/1/attachments -F file=@package.json ${bearer('enseignant')}`],
    ['an event stream; Ctrl-C ends it', `curl -N ${url}/api/v1/notifications/stream -H "Last-Event-ID: 0" ${bearer('parent')}`],
    ['a WebSocket, and a message to it', socketCommand(url, variable('admin')), `curl ${url}/api/v1/notifications/broadcast ${bearer('admin')} -H 'Content-Type: application/json' -d '{"title":"Hello","message":"from Passerelle"}'`],
    ['why a request gets where it gets', `JWT_SECRET_KEY=any-that-is-long-enough-will-do-here bin/passerelle explain GET /api/v1/attendance/1 --as role=etudiant --config ${relative(file)}`],
  ];
  return [
    `${paint('bold', 'Passerelle')} runs at ${paint(['bold', 'cyan'], url)} in front of ${services} sample services; the documentation is at ${paint('cyan', `${url}/docs`)}.`,
    '', 'A token for every role, good for half an hour, to paste into another terminal:', '',
    ...tokens.map(({ role, token }) => `export ${variable(role)}=${token}`),
    '', 'And then:', '',
    ...steps.flatMap(([what, ...commands]) => [paint('dim', `# ${what}`), ...commands]),
    '', 'Ctrl-C ends it all.',
  ].join('\n');
}

function socketCommand(url: string, variable: string): string {
  // An old Node has no WebSocket; the pinned one is a package of ours.
  const node = process.execPath.includes('node_modules') ? 'npx node' : 'node';
  const address = `${url.replace(/^http/, 'ws')}/ws/notifications?token=`;
  return `${node} -e 'new WebSocket("${address}" + process.env.${variable}).onmessage = ({ data }) => console.log(data)' &`;
}

function relative(file: string): string {
  const from = path.relative(process.cwd(), file);
  return from.startsWith('..') ? file : from;
}
