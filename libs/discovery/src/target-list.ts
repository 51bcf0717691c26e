import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import type { Address } from '#libs/kernel';

/** A whole list of addresses, or all that is wrong with it, for people. */
export type TargetList = { readonly addresses: readonly Address[] } | { readonly problem: string };

/** Mistakes that are told at once; a file of another kind has hundreds. */
const TOLD = 3;

const WEIGHT = 'expected a whole number from 1 to 1000 for `weight`';
const PRIORITY = 'expected a whole number from 0 for `priority`';

const entry = z.strictObject({
  url: z.string({ error: 'expected `url`, an http:// or https:// address' }).refine(isAddress, { error: ({ input }) => `expected an http:// or https:// address without query, got ${JSON.stringify(input)}` }),
  weight: z.int({ error: WEIGHT }).min(1, { error: WEIGHT }).max(1000, { error: WEIGHT }).default(1),
  zone: z.string({ error: 'expected text for `zone`' }).default(''),
  priority: z.int({ error: PRIORITY }).min(0, { error: PRIORITY }).default(0),
}, { error: (issue) => issue.code === 'unrecognized_keys' ? `unknown ${issue.keys.map((key) => `\`${key}\``).join(', ')}; there are \`url\`, \`weight\`, \`zone\` and \`priority\`` : 'expected an address, or a map with `url`' });

/** Reads YAML, and with it JSON: a list of addresses, as text with a weight after a bar or as maps. */
export function readTargetList(text: string): TargetList {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined, message: string): string => (offset === undefined ? message : `line ${lines.linePos(offset).line}: ${message}`);
  const [broken] = document.errors;
  if (broken) return { problem: at(broken.pos[0], broken.message) };
  const items = contentOf(document);
  if (!Array.isArray(items)) return { problem: at(0, 'expected a list of addresses; `[]` for none') };
  return checked(items, (index, message) => at(offsetOf(document, index), message));
}

function checked(items: readonly unknown[], at: (index: number, message: string) => string): TargetList {
  const mistakes: string[] = [];
  const byUrl = new Map<string, Address>();
  for (const [index, item] of items.entries()) {
    const { data, error } = entry.safeParse(typeof item === 'string' ? fromText(item) : item);
    for (const { message } of error?.issues ?? []) mistakes.push(at(index, message));
    if (data && byUrl.has(data.url)) mistakes.push(at(index, `${data.url} is there twice; a weight says who gets more`));
    if (data) byUrl.set(data.url, data);
  }
  const more = mistakes.length > TOLD ? [`and ${mistakes.length - TOLD} more`] : [];
  return mistakes.length > 0 ? { problem: [...mistakes.slice(0, TOLD), ...more].join('; ') } : { addresses: [...byUrl.values()] };
}

/** `null` where aliases of YAML are unknown or grow without end. */
function contentOf(document: Document): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    return null;
  }
}

function fromText(text: string): unknown {
  const [url, weight = '1', ...rest] = text.split('|').map((part) => part.trim());
  return { url, weight: rest.length === 0 && weight !== '' ? Number(weight) : Number.NaN };
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^/?#\s@]+(?:\/[^?#\s]*)?$/.test(text) && URL.canParse(text);
}

function offsetOf(document: Document, index: number): number | undefined {
  const item = document.getIn([index], true);
  return isNode(item) ? item.range?.[0] : undefined;
}
