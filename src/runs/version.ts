import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The version of the installed package. */
export function packageVersion(): string {
  return packageFile().version;
}

/** The version of one of its dependencies, for projects that use the same one. */
export function dependencyVersion(name: string): string {
  const { dependencies, devDependencies } = packageFile();
  return dependencies[name] ?? devDependencies?.[name] ?? 'latest';
}

function packageFile(): PackageFile {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as PackageFile;
}
