import type { TestGateway } from './gateway.js';

/** One line of a scrape. */
export interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a scrape of `/metrics` says. */
export class Scrape {
  readonly lines: readonly Line[];

  constructor(readonly text: string) {
    this.lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map(parsed);
  }

  static async of(gw: TestGateway): Promise<Scrape> {
    return new Scrape((await gw.fetch('/metrics')).text);
  }

  /** The value of the one sample with these labels, whatever others it has; `undefined` for none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.lines.filter((line) => line.name === name && Object.entries(labels).every(([label, value]) => line.labels[label] === value));
    if (found.length > 1) throw new Error(`${found.length} samples of ${name} have these labels`);
    return found[0]?.value;
  }

  /** Names and labels, without values. */
  get series(): readonly string[] {
    return this.lines.map(({ labels, name }) => `${name} ${JSON.stringify(labels)}`);
  }
}

function parsed(line: string): Line {
  const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`This is no sample: ${line}`);
  return { name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text])) as Record<string, string>, value: Number(value.replace('Inf', 'Infinity')) };
}
