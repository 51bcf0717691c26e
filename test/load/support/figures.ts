import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** File that collects figures, as the scripts that measure set it; tests alone do not write any. */
const file = process.env['PASSERELLE_FIGURES'];

/** Whether it is for figures: longer, and with more of everything. */
export const MEASURING = file !== undefined;

/** How long a scenario is under load, in milliseconds: long enough to fail in a test, longer for figures. */
export const UNDER_LOAD = MEASURING ? 15_000 : 1_500;

export type Figures = Readonly<Record<string, number | string>>;

/** Keeps what a scenario has measured. */
export function record(scenario: string, figures: Figures): void {
  if (file === undefined) return;
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Figures>) : {};
  writeFileSync(file, `${JSON.stringify({ ...all, [scenario]: figures }, null, 2)}\n`);
}

export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
