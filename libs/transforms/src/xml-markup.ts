import { Unreadable } from './unreadable.js';

/** What may hold a `<` that opens nothing. */
const OPAQUE: readonly (readonly [open: string, close: string])[] = [['<!--', '-->'], ['<![CDATA[', ']]>'], ['<?', '?>']];

/**
 * Looks at each `<` of a document, in one pass: those of comments, sections and instructions open nothing, and `<!` opens
 * nothing else here. What a parser takes for a tag ends where every other parser sees its end.
 * @throws Unreadable for a document type (DTD), and for markup that is not closed.
 */
export function checkMarkup(text: string): void {
  for (let at = text.indexOf('<'); at >= 0; ) at = text.indexOf('<', endOf(text, at));
}

function endOf(text: string, at: number): number {
  const opaque = OPAQUE.find(([open]) => text.startsWith(open, at));
  if (opaque) return after(text, opaque[1], at + opaque[0].length);
  if (text[at + 1] === '!') throw new Unreadable('XML with a document type (DTD) is not read');
  return endOfTag(text, at);
}

/** XML 1.0 3.1: a `>` in quotes ends no tag, and there is no `<` in one. */
function endOfTag(text: string, at: number): number {
  const special = /[<>"']/g;
  special.lastIndex = at + 1;
  for (let found = special.exec(text); found; found = special.exec(text)) {
    const [mark] = found;
    if (mark === '>') return special.lastIndex;
    const begin = special.lastIndex;
    if (mark !== '<') special.lastIndex = after(text, mark, begin);
    if (mark === '<' || text.slice(begin, special.lastIndex).includes('<')) throw new Unreadable('The body is not well-formed XML: "<" in a tag');
  }
  throw new Unreadable('The body is not well-formed XML: a tag has no end');
}

function after(text: string, close: string, from: number): number {
  const end = text.indexOf(close, from);
  if (end < 0) throw new Unreadable(`The body is not well-formed XML: ${close} is missing`);
  return end + close.length;
}
