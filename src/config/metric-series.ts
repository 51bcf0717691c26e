/** What is known of a series before anything was counted. */
export interface SeriesKind {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** Only shown where the file asks for it by name. */
  readonly hidden?: true;
}

const counter = (...labels: string[]): SeriesKind => ({ type: 'counter', labels });
const gauge = (...labels: string[]): SeriesKind => ({ type: 'gauge', labels });
const histogram = (...labels: string[]): SeriesKind => ({ type: 'histogram', labels });

/** Every series of the gateway's own that the file may name. The metrics room makes them; a spec there holds the two together. */
export const SERIES: Readonly<Record<string, SeriesKind>> = {
  gateway_up: gauge(),
  gateway_requests_total: counter('method', 'endpoint', 'status_code'),
  gateway_request_duration_seconds: histogram('method', 'endpoint'),
  gateway_active_connections: gauge(),
  gateway_received_bytes_total: counter('endpoint'),
  gateway_sent_bytes_total: counter('endpoint'),
  gateway_websockets_active: gauge(),
  gateway_problems_total: counter('code'),
  gateway_tls_handshake_failures_total: counter('reason'),
  gateway_certificate_expiry_timestamp_seconds: gauge('certificate'),
  gateway_service_requests_total: counter('service', 'status'),
  gateway_service_duration_seconds: histogram('service'),
  gateway_service_duration_by_status_seconds: { ...histogram('service', 'status'), hidden: true },
  gateway_service_tries_total: counter('service'),
  gateway_service_failures_total: counter('service', 'reason'),
  gateway_service_up: gauge('service'),
  gateway_services_up_ratio: gauge(),
  gateway_service_response_time_seconds: gauge('service'),
  gateway_health_check_duration_seconds: gauge(),
  gateway_retries_total: counter('service'),
  gateway_retry_budget_exhausted_total: counter('service'),
  gateway_hedges_total: counter('service', 'outcome'),
  gateway_shed_total: counter('service', 'priority'),
  gateway_breaker_state: gauge('service', 'route', 'state'),
  gateway_breaker_transitions_total: counter('service', 'route', 'to'),
  gateway_targets: gauge('service', 'state'),
  gateway_target_up: gauge('service', 'target'),
  gateway_target_answers_total: counter('service', 'target', 'outcome'),
  gateway_target_ejections_total: counter('service'),
  gateway_target_connections: gauge('service', 'state'),
  gateway_target_requests: gauge('service', 'state'),
  gateway_discovery_stale: gauge('service'),
  gateway_concurrency_limit: gauge('service'),
  gateway_concurrency_in_flight: gauge('service'),
  gateway_concurrency_queue: gauge('service'),
  gateway_degraded_total: counter('service', 'fallback'),
  gateway_variant_requests_total: counter('route', 'variant'),
  gateway_mirrored_total: counter('service', 'outcome'),
  gateway_limit_requests_total: counter('route', 'limit', 'outcome'),
  gateway_limit_store_away_total: counter('limit', 'away'),
  gateway_limit_counters: gauge(),
  gateway_limit_evictions_total: counter(),
  gateway_cache_requests_total: counter('route', 'outcome'),
  gateway_cache_purges_total: counter('what'),
  gateway_cache_entries: gauge(),
  gateway_cache_bytes: gauge(),
  gateway_cache_max_bytes: gauge(),
  gateway_cache_evictions_total: counter(),
  gateway_redis_up: gauge(),
  gateway_database_up: gauge(),
  gateway_audit_entries_total: counter(),
  gateway_audit_merged_total: counter(),
  gateway_audit_dropped_total: counter(),
  gateway_audit_spooled_bytes: gauge(),
  gateway_spans_total: counter('outcome'),
  gateway_log_lines_dropped_total: counter(),
  gateway_event_loop_seconds_total: counter('state'),
  gateway_config_reloads_total: counter('outcome'),
  gateway_config_reload_duration_seconds: gauge(),
  gateway_config_last_success_timestamp_seconds: gauge(),
  gateway_config_info: gauge('hash'),
  gateway_workers: gauge(),
  gateway_worker_restarts_total: counter('cause'),
};

/** Series of the process are prom-client's; which there are depends on the system. */
const OF_THE_PROCESS = /^(?:process|nodejs)_\w+$/;

/** What the three promised ones are called for short. */
const SHORT: Readonly<Record<string, string>> = { duration: 'gateway_request_duration_seconds', active: 'gateway_active_connections' };

const WORDS: ReadonlyMap<string, string> = new Map([
  ...Object.keys(SERIES).map((name) => [name.replace(/^gateway_/, '').replace(/_total$|_seconds$|_seconds_total$/, '').replaceAll('_', '-'), name] as const),
  ...Object.entries(SHORT),
]);

/** Short words for series: the name without `gateway_` and its unit, with hyphens. */
export const SERIES_WORDS: readonly string[] = [...WORDS.keys()];

/** The name of the series that the file means by a word or a name; `undefined` for none. */
export function seriesNamed(word: string): string | undefined {
  if (Object.hasOwn(SERIES, word) || OF_THE_PROCESS.test(word)) return word;
  return WORDS.get(word.replaceAll('_', '-'));
}

/** Whether a name is one that prom-client may give. */
export function isOfTheProcess(name: string): boolean {
  return OF_THE_PROCESS.test(name);
}
