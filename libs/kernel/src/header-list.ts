/**
 * Header fields in wire order, as the flat `[name, value, name, value]` array that both node:http and undici write
 * without another copy. Names compare without case; repeated fields stay apart (RFC 9110 5.3).
 */
export class HeaderList {
  constructor(readonly flat: string[] = []) {}

  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    for (let i = 0; i < this.flat.length; i += 2) {
      if (sameName(this.flat[i] as string, wanted)) return this.flat[i + 1];
    }
    return undefined;
  }

  all(name: string): string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (let i = 0; i < this.flat.length; i += 2) {
      if (sameName(this.flat[i] as string, wanted)) values.push(this.flat[i + 1] as string);
    }
    return values;
  }

  append(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** Replaces every field of that name; keeps the first one's place. */
  set(name: string, value: string): void {
    const wanted = name.toLowerCase();
    for (let i = 0; i < this.flat.length; i += 2) {
      if (!sameName(this.flat[i] as string, wanted)) continue;
      this.flat[i + 1] = value;
      this.#dropFrom(i + 2, wanted);
      return;
    }
    this.flat.push(name, value);
  }

  remove(name: string): void {
    this.#dropFrom(0, name.toLowerCase());
  }

  #dropFrom(start: number, wanted: string): void {
    const { flat } = this;
    let write = start;
    for (let read = start; read < flat.length; read += 2) {
      const name = flat[read] as string;
      if (sameName(name, wanted)) continue;
      flat[write] = name;
      flat[write + 1] = flat[read + 1] as string;
      write += 2;
    }
    flat.length = write;
  }
}

function sameName(name: string, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);
}
