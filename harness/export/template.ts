import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What templates leave open: `@NAME@` the identifier, `@PACKAGE@` the name for npm and pip, `@VERSION@`, and what a caller adds. */
export type Values = Readonly<Record<string, string>>;

/** A template's text, or a file's name, filled in. Words that have no value stay: CMake has some of its own. */
export function fill(text: string, values: Values): string {
  return text.replace(/@([A-Z][A-Z_]*)@/g, (whole, word: string) => values[word] ?? whole);
}

/** Every file below `folder`, filled in, by its path relative to it; the paths are filled in too. */
export async function filledFolder(folder: string, values: Values): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(fill(path.slice(folder.length + 1), values), fill(await readFile(path, 'utf8'), values));
  }
  return files;
}
