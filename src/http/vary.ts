import type { HeaderList } from '#libs/kernel';

/** Adds a field name to `Vary`, into the field that is there, unless it (or `*`) is listed already. */
export function addVary({ flat }: HeaderList, name: string): void {
  let first = -1;
  for (let i = 0; i < flat.length; i += 2) {
    const field = flat[i] as string;
    if (field.length !== 4 || field.toLowerCase() !== 'vary') continue;
    if (lists(flat[i + 1] as string, name)) return;
    if (first < 0) first = i;
  }
  if (first < 0) flat.push('Vary', name);
  else flat[first + 1] = `${flat[first + 1]}, ${name}`;
}

function lists(value: string, name: string): boolean {
  if (value === name || value === '*') return true;
  const wanted = name.toLowerCase();
  return value.split(',').some((part) => {
    const listed = part.trim().toLowerCase();
    return listed === wanted || listed === '*';
  });
}
