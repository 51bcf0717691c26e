import { invalid } from './call.js';

/** The list shape the PresencePro frontend reads. */
interface Page<T> {
  readonly data: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly per_page: number;
  readonly total_pages: number;
}

function whole(query: URLSearchParams, name: string, limits: { fallback: number; max: number }): number {
  const text = query.get(name);
  if (text === null) return limits.fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= limits.max) return value;
  throw invalid(['query', name], `Input should be a whole number from 1 to ${limits.max}`, 'int_parsing');
}

/** One page of the rows whose fields equal the query's (`?class_id=2`) and that contain `?search=` somewhere. */
export function paginate<T extends object>(rows: readonly T[], query: URLSearchParams): Page<T> {
  const page = whole(query, 'page', { fallback: 1, max: 1_000_000 });
  const perPage = whole(query, 'per_page', { fallback: 20, max: 100 });
  const search = query.get('search')?.toLowerCase() ?? '';
  const wanted = [...query].filter(([name]) => !['page', 'per_page', 'search'].includes(name));
  const kept = rows.filter((row) => {
    const fields = new Map<string, unknown>(Object.entries(row));
    if (!wanted.every(([name, value]) => !fields.has(name) || String(fields.get(name)) === value)) return false;
    return search === '' || [...fields.values()].some((value) => String(value).toLowerCase().includes(search));
  });
  return {
    data: kept.slice((page - 1) * perPage, page * perPage),
    total: kept.length,
    page,
    per_page: perPage,
    total_pages: Math.ceil(kept.length / perPage),
  };
}
