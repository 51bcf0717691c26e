import { Unreadable } from './unreadable.js';
import { checkMarkup } from './xml-markup.js';

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  /** Name and value, in the order of the document. */
  readonly attributes: readonly (readonly [string, string])[];
  readonly children: readonly (XmlElement | string)[];
}

/** What the parser makes of a node: its name with its children, or its text, and its attributes beside. */
type ParsedNode = Readonly<Record<string, unknown>>;

/** Characters of a parser's message that clients are told. */
const MOST = 200;
const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';
const NAMED: ReadonlyMap<string, string> = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['quot', '"'], ['apos', "'"]]);
/** XML 1.0 2.2: characters a document may have. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Reads an XML document. Document types are refused whole, and with them every entity but the five of XML itself: no
 * expansion, no file, no address. The parser is loaded when it is first needed.
 * @param depth levels of elements allowed.
 * @throws Unreadable for what is not well-formed, too deep, or has a document type.
 */
export async function parseXml(text: string, depth: number): Promise<XmlElement> {
  if (FORBIDDEN.test(text)) throw new Unreadable('The body has characters that no XML may have');
  checkMarkup(text);
  const { SyntaxValidator, XMLParser } = await library();
  const verdict = SyntaxValidator.validate(text);
  if (verdict !== true) throw new Unreadable(`The body is not well-formed XML: ${brief(verdict.err.msg)} (line ${verdict.err.line})`);
  const parser = new XMLParser({
    preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', textNodeName: TEXT, cdataPropName: CDATA,
    parseTagValue: false, parseAttributeValue: false, trimValues: false, processEntities: false,
    ignoreDeclaration: true, ignorePiTags: true, maxNestedTags: depth, onDangerousProperty: (name) => name,
  });
  const [root, ...others] = childrenOf(read(parser, text), depth).filter((child) => typeof child !== 'string' || child.trim() !== '');
  // XML 1.0 2.1: one element, and nothing but comments and instructions beside it.
  if (root === undefined || typeof root === 'string' || others.length > 0) throw new Unreadable('The body is not one XML element');
  return root;
}

/** Messages of the parser quote the document. */
function brief(message: string): string {
  return message.length > MOST ? `${message.slice(0, MOST)}...` : message;
}

async function library() {
  const { XMLParser, XMLValidator } = await import('fast-xml-parser');
  return { XMLParser, SyntaxValidator: XMLValidator };
}

function read(parser: { parse(text: string): unknown }, text: string): readonly ParsedNode[] {
  try {
    return parser.parse(text) as readonly ParsedNode[];
  } catch (error) {
    throw new Unreadable(`The body is not XML that can be read: ${brief((error as Error).message)}`);
  }
}

function childrenOf(nodes: readonly ParsedNode[], depth: number): readonly (XmlElement | string)[] {
  return nodes.map((node) => {
    const [key = ''] = Object.keys(node).filter((each) => each !== ATTRIBUTES);
    if (key === TEXT) return decoded(String(node[TEXT]));
    if (key === CDATA) return (node[CDATA] as readonly ParsedNode[]).map((part) => String(part[TEXT])).join('');
    if (depth === 0) throw new Unreadable('The body is nested too deeply');
    const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, unknown>).map(([name, value]) => [name, decoded(String(value))] as const);
    return { name: key, attributes, children: childrenOf(node[key] as readonly ParsedNode[], depth - 1) };
  });
}

/** XML 1.0 4.1 and 4.6: character references and the five entities every document has. */
function decoded(text: string): string {
  return text.replaceAll(/&([^;&<]*);?/g, (whole, name: string) => {
    const character = whole.endsWith(';') ? (NAMED.get(name) ?? referenced(name)) : undefined;
    if (character === undefined || FORBIDDEN.test(character)) throw new Unreadable(`The entity ${brief(whole)} is not known`);
    return character;
  });
}

function referenced(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
  return Number.isInteger(code) && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
