import { state } from './state.mjs';

const metric = (kind) => class {
  #values = [];

  constructor(name) {
    if (state.phase !== 'init') throw new Error('metrics are made in the init context');
    state.metrics[name] = { kind, values: this.#values };
  }

  add(value) {
    if (Number.isNaN(Number(value))) throw new Error('a metric takes numbers');
    this.#values.push(Number(value));
  }
};

export const Counter = metric('counter');
export const Gauge = metric('gauge');
export const Rate = metric('rate');
export const Trend = metric('trend');
