/** A column of a terminal table: figures stand right, words left. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines with aligned columns, two spaces apart and none at the end; a short row leaves its last columns empty. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  return all.map((row) =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? '';
        return align === 'left' ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!);
      })
      .join('  ')
      .trimEnd(),
  );
}
