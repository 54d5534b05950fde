/** A piece of an emitted header: text for the namespace, and the headers that text needs. */
export interface Part {
  readonly text: string;
  readonly std: readonly string[];
  readonly contract: readonly string[];
}

/** Joins lines and blocks, leaving out those that a choice has switched off. */
export function lines(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join('\n');
}

/** A comment of whole sentences, wrapped at 120 columns. */
export function comment(sentences: readonly string[], indent = ''): string {
  const rows: string[] = [];
  let row = `${indent}//`;
  for (const word of sentences.join(' ').split(' ')) {
    if (row.length + 1 + word.length > 120) {
      rows.push(row);
      row = `${indent}//`;
    }
    row += ` ${word}`;
  }
  return [...rows, row].join('\n');
}

/** The lines that include what the parts need, each once, in order. */
export function includes(parts: readonly Part[], ownContract: readonly string[]): string {
  const std = new Set(parts.flatMap((part) => part.std));
  const contract = new Set([...ownContract, ...parts.flatMap((part) => part.contract)]);
  return [
    ...[...std].sort().map((name) => `#include <${name}>`),
    '',
    ...[...contract].sort().map((name) => `#include <annvil/${name}>`),
  ].join('\n');
}
