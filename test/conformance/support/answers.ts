/** What the origin of a case says to one request. */
export interface Answer {
  readonly status: number;
  /** Header lines as they are written, in order; may hold placeholders, see `fill`. */
  readonly lines: readonly string[];
  /** Default: `answer <n>`, the n-th of the case, so that one can be told from the other. */
  readonly body?: string;
  /** Leaves the Date out that is written otherwise. */
  readonly undated?: boolean;
  /** Bytes before the response: interim ones. */
  readonly before?: string;
  /** Sent after a chunked body. */
  readonly trailers?: readonly string[];
  /** `close`: ended by the end of the connection; `cut` and `cut-chunked`: the connection ends before the body does; `hang-up`: no response at all. */
  readonly framing?: 'length' | 'chunked' | 'close' | 'cut' | 'cut-chunked' | 'hang-up';
  /** Milliseconds before the response. */
  readonly delay?: number;
}

export const says = (status: number, ...lines: string[]): Answer => ({ status, lines });
export const ok = (...lines: string[]): Answer => says(200, ...lines);
/** 304 Not Modified. */
export const unchanged = (...lines: string[]): Answer => says(304, ...lines);
export const hangsUp: Answer = { status: 0, lines: [], framing: 'hang-up' };

/** What a case knows only when it runs. */
export interface Place {
  /** Path of the case, e.g. `/c7`. */
  readonly path: string;
  /** Origin of the gateway's URLs. */
  readonly gateway: string;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** RFC 9110 5.6.7. */
function httpDate(time: number, form: string): string {
  const imf = new Date(time).toUTCString();
  const [, day = '', month = '', year = '', clock = ''] = /^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/.exec(imf) ?? [];
  switch (form) {
    case 'rfc850': return `${DAYS[new Date(time).getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${clock} GMT`;
    case 'asctime': return `${imf.slice(0, 3)} ${month} ${String(Number(day)).padStart(2, ' ')} ${clock} ${year}`;
    case 'lower': return imf.toLowerCase();
    case 'utc': return imf.replace('GMT', 'UTC');
    case 'pst': return imf.replace('GMT', 'PST');
    case 'offset': return imf.replace('GMT', '+0000');
    case 'iso': return new Date(time).toISOString();
    case 'epoch': return String(Math.floor(time / 1_000));
    case 'spaced': return imf.replaceAll(' ', '  ');
    case 'weekdayless': return imf.slice(5);
    default: return imf;
  }
}

/** Replaces `{now}`, `{now+60}`, `{now-60|rfc850}` (seconds), `{path}` and `{gateway}`. */
export const fill = (text: string, { path, gateway }: Place): string =>
  text
    .replace(/\{now([+-]\d+)?(?:\|(\w+))?\}/g, (_all, seconds: string | undefined, form: string | undefined) => httpDate(Date.now() + Number(seconds ?? 0) * 1_000, form ?? 'imf'))
    .replaceAll('{path}', path)
    .replaceAll('{gateway}', gateway);

/** Body of the n-th answer of a case; none where the status allows none. */
export const bodyOf = ({ status, body }: Answer, n: number): string => (status === 304 || status === 204 ? '' : body ?? `answer ${n}`);

/** What `answer` means for the n-th request of a case: the bytes, and whether the connection ends with them. */
export function render(answer: Answer, n: number, method: string, place: Place): { readonly bytes: Buffer; readonly ends: boolean } {
  const { status, framing = 'length', trailers, before = '' } = answer;
  const body = bodyOf(answer, n);
  const bodiless = status === 304 || status === 204;
  const lines = answer.lines.map((line) => fill(line, place));
  if (!answer.undated && !lines.some((line) => /^date:/i.test(line))) lines.push(`Date: ${httpDate(Date.now(), 'imf')}`);
  const chunked = framing === 'chunked' || framing === 'cut-chunked' || trailers !== undefined;
  if (chunked) lines.push('Transfer-Encoding: chunked');
  else if (framing === 'close') lines.push('Connection: close');
  else if (!bodiless) lines.push(`Content-Length: ${Buffer.byteLength(body) + (framing === 'cut' ? 100 : 0)}`);
  const ending = (trailers ?? []).map((line) => `${line}\r\n`).join('');
  const content = chunked ? `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n${framing === 'cut-chunked' ? '' : `0\r\n${ending}\r\n`}` : body;
  const head = `HTTP/1.1 ${status} Said so\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  return { bytes: Buffer.from(before + head + (bodiless || method === 'HEAD' ? '' : content), 'latin1'), ends: framing === 'close' || framing.startsWith('cut') };
}
