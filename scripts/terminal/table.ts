const WIDTH = 100;
const GAP = '  ';

/**
 * Rows as aligned columns; numbers to the right. What is wider than a terminal is broken between
 * words, the widest column first, so that ids, codes and places stay whole and can be copied.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const all = [head, ...rows];
  const cells = all.map((row) => head.map((_, column) => String(row[column] ?? '')));
  const isNumeric = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const widths = widthsThatFit(cells);
  return cells.flatMap((row) => linesOf(row, widths, isNumeric)).join('\n');
}

/** Widths that fit a terminal, as far as the longest words allow. */
function widthsThatFit(cells: readonly (readonly string[])[]): readonly number[] {
  const columns = (cells[0] ?? []).map((_, column) => cells.map((row) => row[column] ?? ''));
  const widths = columns.map((column) => Math.max(...column.map((cell) => cell.length)));
  const least = columns.map((column) =>
    Math.max(...column.flatMap((cell) => cell.split(' ').map((word) => word.length))),
  );
  const slack = (column: number) => (widths[column] ?? 0) - (least[column] ?? 0);
  let over = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - WIDTH;
  for (; over > 0; over--) {
    const breakable = widths.map((_, column) => column).filter((column) => slack(column) > 0);
    const [widest] = breakable.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function linesOf(
  row: readonly string[],
  widths: readonly number[],
  isNumeric: readonly boolean[],
): readonly string[] {
  const broken = row.map((cell, column) => breakWords(cell, widths[column] ?? 0));
  const height = Math.max(...broken.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    broken
      .map((lines, column) => {
        const [cell, width] = [lines[at] ?? '', widths[column] ?? 0];
        return isNumeric[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(GAP)
      .trimEnd(),
  );
}

function breakWords(cell: string, width: number): readonly string[] {
  if (cell.length <= width) return [cell];
  const lines: string[] = [];
  for (const word of cell.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
