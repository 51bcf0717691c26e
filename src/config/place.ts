/** A file of the configuration, or the environment. */
export interface Source {
  /** As shown: relative to the working directory where it lies below it, or `environment`. */
  readonly name: string;
  /** Folder that relative paths in this source start from. */
  readonly folder: string;
  /** Server it lies on, where it is no file of ours: whoever may write there may not name files of ours. */
  readonly remote?: string;
}

/** Where something is written. Lines and columns count from 1; 0 means that the source has no lines. */
export interface Place {
  readonly source: Source;
  readonly line: number;
  readonly column: number;
}

/** The start of a source: for what is missing in it, or wrong with it as a whole. */
export function startOf(source: Source): Place {
  return { source, line: 1, column: 1 };
}
