const DECLARED = /\$([A-Za-z_]\w*)\s*:\s*\[?\s*([A-Za-z_]\w*)/g;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Turns the text of a path or a query into what a variable is declared to be; what does not fit stays a text. */
export type Coercion = (value: unknown) => unknown;

/** Variables that a GraphQL document declares, and what texts become for each (GraphQL 3.5). */
export function compileVariables(document: string): ReadonlyMap<string, Coercion> {
  return new Map([...document.matchAll(DECLARED)].map(([, name = '', type = '']) => [name, coercionTo(type)]));
}

function coercionTo(type: string): Coercion {
  const scalar = SCALARS.get(type);
  if (!scalar) return (value) => value;
  return (value) => (Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? scalar(each) : (each as unknown))) : typeof value === 'string' ? scalar(value) : value);
}

const SCALARS: ReadonlyMap<string, (text: string) => unknown> = new Map<string, (text: string) => unknown>([
  ['Int', number],
  ['Float', number],
  ['Boolean', (text) => (text === 'true' ? true : text === 'false' ? false : text)],
]);

function number(text: string): unknown {
  const value = Number(text);
  return NUMBER.test(text) && Number.isFinite(value) ? value : text;
}
