export interface Instruction {
  readonly word: string;
  readonly rest: string;
}
export interface Copy {
  /** Name of a stage; `null` for the context. */
  readonly from: string | null;
  readonly sources: readonly string[];
  readonly to: string;
}
export declare const root: string;
export declare const instructions: readonly Instruction[];
export declare const stages: readonly (readonly Instruction[])[];
export declare const allowed: readonly string[];
export declare function copyOf(instruction: Instruction): Copy;
export declare function copiesOf(stage: readonly Instruction[]): Copy[];
export declare function targetOf(source: string, to: string, workdir: string): string;
export declare function copyFromContext(copy: Copy, workdir: string): void;
