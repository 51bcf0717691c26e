// k6 asks synchronously, so another thread does it here while this one waits.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { state } from './state.mjs';

const flag = new Int32Array(new SharedArrayBuffer(4));
const { port1: here, port2: there } = new MessageChannel();
new Worker(new URL('asker.mjs', import.meta.url), { workerData: { flag, port: there }, transferList: [there] }).unref();

const DEFAULT = [{ min: 200, max: 399 }];
let expected = DEFAULT;
const isExpected = (status) => expected.some((each) => (typeof each === 'number' ? each === status : status >= each.min && status <= each.max));
const KNOWN = new Set(['headers', 'tags', 'responseType', 'responseCallback']);

function request(method, url, body = null, params = {}) {
  if (state.phase === 'init') throw new Error('requests are not for the init context');
  const unknown = Object.keys(params).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`k6 knows no ${unknown.join()}`);
  Atomics.store(flag, 0, 0);
  const begin = performance.now();
  here.postMessage({ method, url, body, headers: params.headers ?? {} });
  Atomics.wait(flag, 0, 0);
  const { body: text, headers, status } = receiveMessageOnPort(here).message;
  const duration = performance.now() - begin;
  state.requests.push({ method, url, status, scenario: state.scenario });
  state.metrics.http_req_duration.values.push(duration);
  if (params.responseCallback !== null) state.metrics.http_req_failed.values.push(isExpected(status) ? 0 : 1);
  const kept = state.discard && params.responseType !== 'text' ? null : text;
  return { status, headers, body: kept, timings: { duration }, json: () => JSON.parse(kept) };
}

const http = {
  request,
  get: (url, params) => request('GET', url, null, params),
  post: (url, body, params) => request('POST', url, body, params),
  setResponseCallback: (statuses) => { expected = statuses; },
  expectedStatuses: (...statuses) => statuses,
};
export default http;
