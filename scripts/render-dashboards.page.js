// Runs in the page that render-dashboards.mjs makes: draws panels of a Grafana dashboard with uPlot and plain elements.

const COLOURS = { green: '#3a9d53', orange: '#e8890c', red: '#d6334a', blue: '#3274d9', transparent: 'transparent' };
const PALETTE = ['#3a9d53', '#d9a300', '#3f8fc4', '#e8700c', '#d6334a', '#7b5fc7', '#1f9e9e', '#b0547f', '#7a7a2a', '#5b6b7a', '#9fc24c', '#c99383'];
const UNIT = 42;
const STYLE = `body{margin:0;padding:12px;width:1176px;font:12px/1.35 sans-serif;background:#f4f5f5;color:#24292e}h1{font-size:18px;margin:0 0 8px;font-weight:500}
#grid{position:relative}.panel{position:absolute;box-sizing:border-box;padding:3px}.box{background:#fff;border:1px solid #dcdedf;height:100%;box-sizing:border-box;padding:5px 7px;overflow:hidden;display:flex;flex-direction:column}
.row{font-size:14px;font-weight:500;padding:12px 4px 0}.title{font-weight:500;margin-bottom:3px}.stats{flex:1;display:flex;gap:4px}.stat{flex:1;min-width:0;display:flex;flex-direction:column;justify-content:center;text-align:center;font-size:24px;border-radius:2px}
.stat small{font-size:10px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.many .stat{font-size:13px}.legend{font-size:10.5px;line-height:1.3;max-height:30px;overflow:hidden}.legend i{display:inline-block;width:9px;height:3px;margin:0 3px 2px 0}.legend span{margin-right:9px;white-space:nowrap}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #eceded}th{color:#3274d9;font-weight:500}.line{display:flex;align-items:center;flex:1;max-height:40px;min-height:9px}.line b{width:210px;font-weight:400;font-size:10.5px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.line div{flex:1;position:relative;height:80%}.line i{position:absolute;top:0;bottom:0;font:10px sans-serif;color:#fff;overflow:hidden;padding-left:3px;box-sizing:border-box}
.empty{flex:1;display:grid;place-items:center;color:#888}`;

let shown;

globalThis.draw = (data) => {
  shown = data;
  const grid = element('div', { id: 'grid' });
  document.head.append(element('style', {}, STYLE));
  document.body.append(element('h1', {}, data.title), grid);
  const heights = data.panels.map(({ gridPos: { h, y } }) => y + h);
  grid.style.height = `${Math.max(...heights) * UNIT}px`;
  for (const panel of data.panels) {
    const { h, w, x, y } = panel.gridPos;
    const place = element('div', { className: 'panel', style: `left:${x / 0.24}%;top:${y * UNIT}px;width:${w / 0.24}%;height:${h * UNIT}px` });
    grid.append(place);
    if (panel.type === 'row') place.append(element('div', { className: 'row' }, panel.title));
    else KINDS[panel.type](framed(place, panel.title), panel);
  }
};

const KINDS = {
  'stat'(box, panel) {
    const all = seriesOf(panel).filter(({ values }) => values.some((value) => value !== null));
    if (all.length === 0) return nothing(box);
    const row = element('div', { className: `stats${all.length > 2 ? ' many' : ''}` });
    for (const { name, values } of all) row.append(stat(panel, name, values.findLast((value) => value !== null)));
    box.append(row);
  },
  'timeseries'(box, panel) {
    const all = seriesOf(panel);
    if (all.length === 0) return nothing(box);
    const { custom, max, thresholds, unit } = panel.fieldConfig.defaults;
    const stacked = custom.stacking.mode === 'normal';
    const drawn = stacked ? stack(all) : all;
    const space = element('div', {});
    box.append(space, legend(all));
    const top = Math.max(...drawn.flatMap(({ values }) => values).filter((value) => value !== null), 0);
    const options = {
      width: box.clientWidth - 14, height: box.clientHeight - 62, legend: { show: false }, cursor: { show: false },
      scales: { x: { range: () => [shown.start, shown.end] }, y: { range: () => [0, max ?? (top === 0 ? 1 : top * 1.08)] } },
      axes: [{ grid: { stroke: '#eceded' }, space: 80, values: (_plot, times) => times.map((time) => new Date(time * 1_000).toISOString().slice(11, 19)) }, { grid: { stroke: '#eceded' }, size: 76, values: (_plot, ticks) => ticks.map((tick) => text(tick, unit)) }],
      series: [{}, ...drawn.map((_one, at) => ({ stroke: colour(at), width: 1.2, fill: `${colour(at)}${stacked ? '88' : '14'}`, points: { show: false }, spanGaps: false }))],
      hooks: { draw: [(plot) => custom.thresholdsStyle.mode !== 'off' && thresholdLines(plot, thresholds.steps)] },
    };
    // The sum of all lies behind what it is a sum of.
    const order = stacked ? drawn.toReversed() : drawn;
    if (stacked) options.series = [{}, ...options.series.slice(1).toReversed()];
    new globalThis.uPlot(options, [times(), ...order.map(({ values }) => values)], space);
  },
  'heatmap'(box, panel) {
    const all = seriesOf(panel, ({ metric }) => metric.le).map(({ name, values }) => ({ bound: Number(name.replace('+Inf', 'Infinity')), values })).toSorted((a, b) => a.bound - b.bound);
    if (all.length === 0) return nothing(box);
    const cells = all.map(({ values }, at) => values.map((value, i) => Math.max(0, (value ?? 0) - (at > 0 ? (all[at - 1].values[i] ?? 0) : 0))));
    const most = Math.max(...cells.flat());
    const [width, height, left] = [box.clientWidth - 14, box.clientHeight - 44, 76];
    const canvas = element('canvas', { width, height });
    const context = canvas.getContext('2d');
    const line = height / all.length;
    cells.forEach((row, at) => {
      context.fillStyle = '#555';
      context.fillText(all[at].bound === Infinity ? '∞' : text(all[at].bound, 's'), 4, height - at * line - line / 2 + 4);
      row.forEach((value, i) => {
        if (value <= 0) return;
        context.fillStyle = `rgba(214, 90, 0, ${0.1 + 0.9 * Math.sqrt(value / most)})`;
        context.fillRect(left + (i * (width - left)) / row.length, height - (at + 1) * line, (width - left) / row.length, line - 1);
      });
    });
    box.append(canvas);
  },
  'state-timeline'(box, panel) {
    const all = seriesOf(panel);
    if (all.length === 0) return nothing(box);
    const lines = all.map(({ name, values }) => {
      const bar = element('div', {});
      for (let from = 0, i = 1; i <= values.length; i++) {
        if (i < values.length && values[i] === values[from]) continue;
        const state = values[from] === null ? null : mapped(panel, values[from]);
        if (state) bar.append(element('i', { style: `left:${(from / values.length) * 100}%;width:${((i - from) / values.length) * 100}%;background:${COLOURS[state.color]}` }, (i - from) / values.length > 0.06 ? state.text : ''));
        from = i;
      }
      const row = element('div', { className: 'line' });
      row.append(element('b', {}, name), bar);
      return row;
    });
    box.append(...lines);
  },
  'table'(box, panel) {
    const [, { options: { indexByName, renameByName } }] = panel.transformations;
    const labels = Object.keys(indexByName).filter((name) => !(name in renameByName));
    const rows = new Map();
    panel.answers.forEach(({ series }, column) => series.forEach(({ metric, value }) => {
      const key = labels.map((label) => metric[label] ?? '').join('\n');
      rows.set(key, { ...rows.get(key), [column]: Number(value[1]) });
    }));
    const head = element('tr', {});
    head.append(...[...labels, ...Object.values(renameByName)].map((name) => element('th', {}, name)));
    const body = [...rows].toSorted(([a], [b]) => a.localeCompare(b)).map(([key, values]) => {
      const row = element('tr', {});
      row.append(...key.split('\n').map((label) => element('td', {}, label)), ...Object.values(renameByName).map((name, column) => cell(panel, name, values[column])));
      return row;
    });
    const table = element('table', {});
    table.append(head, ...body);
    box.append(table);
  },
};

function cell({ fieldConfig: { overrides } }, name, value) {
  const properties = Object.fromEntries(overrides.find(({ matcher }) => matcher.options === name).properties.map(({ id, value: set }) => [id, set]));
  if (value === undefined) return element('td', {}, '');
  const state = properties.mappings?.[0].options[String(value)];
  if (state) return element('td', { style: `color:${COLOURS[state.color]}` }, state.text);
  const back = properties.thresholds ? step(properties.thresholds.steps, value) : 'transparent';
  return element('td', { style: `background:${COLOURS[back]};${back === 'transparent' ? '' : 'color:#fff'}` }, text(value, properties.unit));
}

function stat({ fieldConfig: { defaults }, options }, name, value) {
  const state = mapped({ fieldConfig: { defaults } }, value);
  const tone = COLOURS[state?.color ?? step(defaults.thresholds.steps, value)];
  const style = options.colorMode === 'background' ? `background:${tone};color:#fff` : `color:${tone}`;
  const box = element('div', { className: 'stat', style });
  box.append(...(options.textMode === 'value_and_name' ? [element('small', {}, name)] : []), element('span', {}, state?.text ?? text(value, defaults.unit, defaults.decimals)));
  return box;
}

function mapped({ fieldConfig: { defaults } }, value) {
  return defaults.mappings[0]?.options[String(value)];
}

function step(steps, value) {
  return steps.findLast(({ value: from }) => from === null || value >= from).color;
}

function thresholdLines(plot, steps) {
  for (const { color, value } of steps) {
    if (value === null || value > plot.scales.y.max) continue;
    const y = plot.valToPos(value, 'y', true);
    Object.assign(plot.ctx, { strokeStyle: COLOURS[color], lineWidth: 1 });
    plot.ctx.setLineDash([6, 4]);
    plot.ctx.beginPath();
    plot.ctx.moveTo(plot.bbox.left, y);
    plot.ctx.lineTo(plot.bbox.left + plot.bbox.width, y);
    plot.ctx.stroke();
    plot.ctx.setLineDash([]);
  }
}

function times() {
  return Array.from({ length: Math.floor((shown.end - shown.start) / shown.step) + 1 }, (_none, i) => shown.start + i * shown.step);
}

/** Series of all queries of a panel, each with a value or null for every time. */
function seriesOf({ answers }, nameOf) {
  return answers.flatMap(({ legendFormat, series }) => series.map((one) => {
    const known = new Map(one.values.map(([time, value]) => [Math.round((time - shown.start) / shown.step), Number(value)]));
    const values = times().map((_time, i) => (Number.isFinite(known.get(i)) ? known.get(i) : null));
    return { name: (nameOf ?? (({ metric }) => legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_all, label) => metric[label] ?? '')))(one).trim(), values };
  }));
}

function stack(all) {
  const sum = times().map(() => 0);
  return all.map(({ name, values }) => ({ name, values: values.map((value, i) => (sum[i] += value ?? 0)) }));
}

function legend(all) {
  const box = element('div', { className: 'legend' });
  all.forEach(({ name }, at) => {
    const entry = element('span', {}, name);
    entry.prepend(element('i', { style: `background:${colour(at)}` }));
    box.append(entry);
  });
  return box;
}

function text(value, unit, decimals) {
  const short = (number) => (Math.abs(number) >= 1e6 ? `${trim(number / 1e6)} M` : Math.abs(number) >= 1e4 ? `${trim(number / 1e3)} K` : trim(number));
  const trim = (number) => String(Number(decimals === undefined ? number.toPrecision(Math.abs(number) >= 1_000 ? 4 : 3) : number.toFixed(decimals)));
  const scaled = (steps) => { const [size, name] = steps.findLast(([from]) => Math.abs(value) >= from) ?? [1, steps[0][1] === 'µs' ? 's' : steps[0][1]]; return `${trim(value / size)} ${name}`; };
  switch (unit) {
    case 's': return scaled([[1e-6, 'µs'], [1e-3, 'ms'], [1, 's'], [60, 'min'], [3_600, 'h'], [86_400, 'd']]);
    case 'bytes': return scaled([[1, 'B'], [1_024, 'KiB'], [1_048_576, 'MiB'], [1_073_741_824, 'GiB']]);
    case 'Bps': return scaled([[1, 'B/s'], [1e3, 'kB/s'], [1e6, 'MB/s']]);
    case 'percentunit': return `${trim(value * 100)} %`;
    case 'reqps': return `${short(value)} req/s`;
    case 'dateTimeAsIso': return new Date(value).toISOString().replace('T', ' ').slice(0, 19);
    default: return short(value);
  }
}

function framed(place, title) {
  const box = element('div', { className: 'box' });
  box.append(element('div', { className: 'title' }, title));
  place.append(box);
  return box;
}

function nothing(box) {
  box.append(element('div', { className: 'empty' }, 'No data'));
}

function colour(at) {
  return PALETTE[at % PALETTE.length];
}

function element(name, properties, content) {
  const { style, ...rest } = properties;
  const made = Object.assign(document.createElement(name), rest);
  if (style) made.style.cssText = style;
  if (content !== undefined) made.textContent = content;
  return made;
}
