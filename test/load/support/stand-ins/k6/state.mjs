/** Of the run: what its scripts have checked, sent and counted. */
export const state = {
  phase: 'init',
  scenario: '',
  iteration: 0,
  discard: false,
  /** By name: how often it held and how often not. */
  checks: {},
  requests: [],
  /** k6's own, and those that a script adds. */
  metrics: Object.fromEntries([['http_reqs', 'counter'], ['http_req_duration', 'trend'], ['http_req_failed', 'rate'], ['checks', 'rate'], ['iterations', 'counter'], ['dropped_iterations', 'counter']].map(([name, kind]) => [name, { kind, values: [] }])),
};
