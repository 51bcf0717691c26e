import type { ProblemType } from '#libs/kernel';
import type { Occurrence } from './problem-fields.js';

/** Members the format defines, and ours; extension members cannot replace them (RFC 9457 3.2). */
const RESERVED = new Set(['type', 'title', 'status', 'code', 'detail', 'instance', 'requestId']);

const openings = new Map<ProblemType, string>();

/** Writes an occurrence as `application/problem+json` (RFC 9457). */
export function problemJson({ problem, exchange, status, message }: Occurrence): string {
  let json = `${opening(problem.type)}"status":${status},"detail":${JSON.stringify(message)}`;
  if (exchange.id !== '') {
    const id = JSON.stringify(exchange.id).slice(1, -1);
    json += `,"instance":"urn:passerelle:request:${id}","requestId":"${id}"`;
  }
  for (const [name, value] of Object.entries(problem.extras.members ?? {})) {
    const text: string | undefined = RESERVED.has(name) ? undefined : JSON.stringify(value);
    if (text !== undefined) json += `,${JSON.stringify(name)}:${text}`;
  }
  return `${json}}`;
}

/** What is the same for every occurrence of a type, written once. */
function opening(type: ProblemType): string {
  let text = openings.get(type);
  if (text === undefined) {
    const { code, title } = type;
    text = `${JSON.stringify({ type: `urn:passerelle:problem:${code}`, title, code }).slice(0, -1)},`;
    openings.set(type, text);
  }
  return text;
}
