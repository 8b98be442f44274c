/** Builds `dist` where needed. Returns the compiler's complaints, or undefined where all is well. */
export function build(options: {
  readonly root: string;
  readonly node: string;
  readonly announce?: () => void;
  readonly clean?: boolean;
}): string | undefined;
