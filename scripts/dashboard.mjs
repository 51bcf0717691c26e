// One Grafana dashboard from its description: rows of panels that flow from left to right, with the variables, links and
// annotations that all dashboards have in common.

const WIDTH = 24;
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
/** Width and height, in Grafana's units. */
const SIZES = { stat: [4, 4], graph: [12, 8], heatmap: [12, 8], timeline: [12, 8], table: [12, 8] };
/** What each variable may be, where it comes from. */
const VARIABLES = {
  instance: 'label_values(gateway_workers, instance)',
  service: 'label_values(gateway_targets, service)',
  route: 'query_result(sum by (route) ({__name__=~"gateway_limit_requests_total|gateway_cache_requests_total"}))',
};
const ANNOTATIONS = [
  ['Reloads', 'blue', 'changes(gateway_config_last_success_timestamp_seconds{instance=~"$instance"}[$__rate_interval]) > 0', 'Configuration applied', '{{instance}}'],
  ['Failed reloads', 'red', 'increase(gateway_config_reloads_total{instance=~"$instance", outcome!="applied"}[$__rate_interval]) > 0', 'Configuration not applied', '{{instance}} {{outcome}}'],
  ['Open breakers', 'orange', 'max by (service, route) (gateway_breaker_state{instance=~"$instance", state="open"}) == 1', 'Circuit breaker open', '{{service}} {{route}}'],
];

/** @param name file name, without its ending. */
export function dashboard(name, { description, rows, title, variables }) {
  return {
    uid: `passerelle-${name}`,
    title: `Passerelle: ${title}`,
    description,
    tags: ['passerelle'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    links: [{ title: 'Passerelle', type: 'dashboards', tags: ['passerelle'], asDropdown: false, includeVars: true, keepTime: true, targetBlank: false, icon: 'external link', url: '', tooltip: '' }],
    annotations: { list: ANNOTATIONS.map(annotation) },
    templating: { list: [datasource(), ...variables.map(variable)] },
    panels: layOut(rows),
  };
}

function annotation([name, iconColor, expr, titleFormat, textFormat]) {
  return { name, iconColor, expr, titleFormat, textFormat, enable: true, hide: false, step: '', tagKeys: '', datasource: DATASOURCE };
}

function datasource() {
  return { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {}, hide: 0, refresh: 1, regex: '' };
}

function variable(name) {
  const query = VARIABLES[name];
  return {
    name, label: name[0].toUpperCase() + name.slice(1), type: 'query', datasource: DATASOURCE, query: { query, refId: name }, definition: query,
    regex: query.startsWith('query_result') ? `/${name}="([^"]*)"/` : '',
    multi: true, includeAll: true, allValue: '.*', current: { text: ['All'], value: ['$__all'] }, refresh: 2, sort: 1, hide: 0,
  };
}

/** Rows below one another, panels beside one another for as long as there is room. */
function layOut(rows) {
  const panels = [];
  let [x, y, line] = [0, 0, 0];
  const place = (panel, w, h) => {
    if (x + w > WIDTH) [x, y, line] = [0, y + line, 0];
    panels.push({ id: panels.length + 1, ...panel, gridPos: { x, y, w, h } });
    [x, line] = [x + w, Math.max(line, h)];
  };
  for (const { panels: own, title } of rows) {
    [x, y, line] = [0, y + line, 0];
    place({ type: 'row', title, collapsed: false, panels: [] }, WIDTH, 1);
    for (const described of own) {
      const kind = Object.keys(SIZES).find((one) => one in described);
      const [w, h] = SIZES[kind];
      place(KINDS[kind](described[kind], described), described.width ?? w, described.height ?? h);
    }
  }
  return panels;
}

const KINDS = {
  stat: (title, described) => panel('stat', title, described, {
    targets: queries(described.show), defaults: { color: { mode: 'thresholds' } },
    options: { colorMode: described.steps || described.values ? 'background' : 'value', graphMode: 'area', textMode: Object.keys(described.show).some((legend) => legend.includes('{{')) ? 'value_and_name' : 'value', justifyMode: 'auto', orientation: 'auto', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } },
  }),
  graph: (title, described) => panel('timeseries', title, described, {
    targets: queries(described.show),
    defaults: { color: { mode: 'palette-classic' }, custom: { drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: described.stack ? 40 : 10, showPoints: 'never', spanNulls: false, stacking: { mode: described.stack ? 'normal' : 'none', group: 'A' }, thresholdsStyle: { mode: described.steps ? 'dashed' : 'off' } } },
    options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'multi', sort: 'desc' } },
  }),
  heatmap: (title, described) => panel('heatmap', title, described, {
    targets: queries(described.show).map((query) => ({ ...query, format: 'heatmap' })), defaults: {},
    options: { calculate: false, cellGap: 1, color: { mode: 'scheme', scheme: 'Oranges', steps: 64, exponent: 0.5, fill: 'dark-orange', reverse: false }, filterValues: { le: 1e-9 }, legend: { show: true }, rowsFrame: { layout: 'auto' }, tooltip: { mode: 'single', yHistogram: false }, yAxis: { unit: described.unit ?? 'short', axisPlacement: 'left', reverse: false } },
  }),
  timeline: (title, described) => panel('state-timeline', title, described, {
    targets: queries(described.show), defaults: { color: { mode: 'thresholds' }, custom: { fillOpacity: 80, lineWidth: 0 } },
    options: { mergeValues: true, showValue: 'auto', alignValue: 'left', rowHeight: 0.8, legend: { displayMode: 'list', placement: 'bottom', showLegend: true }, tooltip: { mode: 'single', sort: 'none' } },
  }),
  table,
};

/** Columns are queries of their own, joined by the labels they share. */
function table(title, described) {
  const columns = Object.entries(described.columns);
  const { key, labels = [], link } = described;
  const renamed = Object.fromEntries(columns.map(([name], at) => [`Value${columns.length > 1 ? ` #${letter(at)}` : ''}`, name]));
  const overrides = columns.map(([name, { steps, unit, values }]) => ({
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'unit', value: unit ?? 'short' },
      ...(steps ? [{ id: 'thresholds', value: thresholds(steps) }, { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } }] : []),
      ...(values ? [{ id: 'mappings', value: mappings(values) }, { id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
    ],
  }));
  const linked = link ? [{ matcher: { id: 'byName', options: link.column }, properties: [{ id: 'links', value: [{ title: 'Its dashboard', url: `/d/${link.to}?var-${link.variable}=\${__value.text}&\${__url_time_range}` }] }] }] : [];
  const order = [key, ...labels, ...Object.keys(renamed)];
  return panel('table', title, described, {
    targets: columns.map(([name, { query }], at) => ({ refId: letter(at), datasource: DATASOURCE, expr: query, legendFormat: name, format: 'table', instant: true, range: false })),
    defaults: { custom: { align: 'auto', filterable: false } }, overrides: [...overrides, ...linked],
    options: { showHeader: true, cellHeight: 'sm', sortBy: [{ displayName: key, desc: false }] },
    transformations: [{ id: 'merge', options: {} }, { id: 'organize', options: { excludeByName: { Time: true }, indexByName: Object.fromEntries(order.map((name, at) => [name, at])), renameByName: renamed } }],
  });
}

function panel(type, title, { decimals, help, max, steps, unit, values }, { defaults, options, overrides = [], targets, transformations }) {
  return {
    type, title, description: help, datasource: DATASOURCE, targets, options, ...(transformations && { transformations }),
    fieldConfig: {
      defaults: { unit: unit ?? 'short', ...(max === undefined ? {} : { max }), ...(decimals === undefined ? {} : { decimals }), ...(type === 'timeseries' && { min: 0 }), ...defaults, thresholds: thresholds(steps ?? { green: 0 }), mappings: values ? mappings(values) : [] },
      overrides,
    },
  };
}

function queries(show) {
  return Object.entries(show).map(([legend, expr], at) => ({ refId: letter(at), datasource: DATASOURCE, expr, legendFormat: legend, range: true, instant: false }));
}

/** Colours from a value on; the first one holds for whatever is below, too. */
function thresholds(steps) {
  return { mode: 'absolute', steps: Object.entries(steps).map(([color, value], at) => ({ color, value: at === 0 ? null : value })) };
}

function mappings(values) {
  return [{ type: 'value', options: Object.fromEntries(Object.entries(values).map(([value, [text, color]], index) => [value, { text, color, index }])) }];
}

function letter(at) {
  return String.fromCodePoint('A'.codePointAt(0) + at);
}
