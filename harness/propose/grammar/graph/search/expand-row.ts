import type { Choices } from '../../../../core/policy.ts';
import { lines } from '../../part.ts';
import { insertion, prefetchesRunnerUp } from './prefetch-edges.ts';

/** Statements that look at a node's neighbours, whose codes stand in a tensor of their own. */
export function expandRow(choices: Choices): string {
  const set = choices.visited !== 'pool';
  const ahead = choices['prefetch-ahead']!;
  const rowLines = choices['prefetch-lines'] === 'all' ? 'lines' : choices['prefetch-lines'];
  const prefetches = ahead !== '0';
  const next =
    prefetchesRunnerUp(choices) &&
    '      if (const std::uint32_t next = pool.next(); next < pool.size()) prefetch_edges(pool.node(next));';
  const linesConstant =
    prefetches &&
    choices['prefetch-lines'] === 'all' &&
    `      const std::size_t lines = (coder_.row_size() * sizeof(Coder::Row) + annvil::cache_line - 1) / annvil::cache_line;`;
  const head = '      const annvil::NodeId* neighbours = graph_.row(pool.node(at));';
  const test = (name: string): string => insertion(choices, name);
  if (choices.batch === 'single') {
    return lines(
      head,
      linesConstant,
      next,
      prefetches && ahead !== 'all' && `      constexpr std::uint32_t ahead = ${ahead};`,
      prefetches &&
        `      for (std::uint32_t i = 0; i < ${ahead === 'all' ? 'degree_' : 'std::min(ahead, degree_)'} && neighbours[i] != annvil::no_node; ++i) {
        annvil::prefetch(row(neighbours[i]), ${rowLines});
      }`,
      '      for (std::uint32_t i = 0; i < degree_ && neighbours[i] != annvil::no_node; ++i) {',
      prefetches &&
        ahead !== 'all' &&
        `        if (i + ahead < degree_ && neighbours[i + ahead] != annvil::no_node) {
          annvil::prefetch(row(neighbours[i + ahead]), ${rowLines});
        }`,
      set && '        if (!visited.insert(neighbours[i])) continue;',
      `        const std::uint32_t distance = coder_.distance(query, row(neighbours[i]));
        ${test('neighbours[i]')}
      }`,
    );
  }
  const fours = choices.batch === 'fours';
  const kernel =
    choices.width === '7-bit' ? 'squared_l2_u7_x4' : choices.width === '4-bit' ? 'squared_l2_u4_x4' : undefined;
  return lines(
    head,
    linesConstant,
    `      // ${set ? 'The new ones first, without branching on which they are: then each can be asked for well before it is read.' : 'Together, so that each can be asked for well before it is read.'}
      std::uint32_t count = 0;
      for (std::uint32_t i = 0; i < degree_ && neighbours[i] != annvil::no_node; ++i) {`,
    set
      ? `        batch[count] = neighbours[i];
        count += visited.insert(neighbours[i]);`
      : '        batch[count++] = neighbours[i];',
    '      }',
    prefetches && ahead !== 'all' && `      constexpr std::uint32_t ahead = ${ahead};`,
    prefetches &&
      `      for (std::uint32_t i = 0; i < ${ahead === 'all' ? 'count' : 'std::min(ahead, count)'}; ++i) {
        annvil::prefetch(row(batch[i]), ${rowLines});
      }`,
    next,
    fours
      ? lines(
          `      for (std::uint32_t i = 0; i < count; i += 4) {
        const std::uint32_t together = std::min(4u, count - i);`,
          prefetches &&
            ahead !== 'all' &&
            `        for (std::uint32_t j = i + ahead; j < std::min(i + ahead + 4, count); ++j) {
          annvil::prefetch(row(batch[j]), ${rowLines});
        }`,
          kernel
            ? `        // A last, shorter group repeats its first row.
        const Coder::Row* rows[4];
        for (std::uint32_t j = 0; j < 4; ++j) rows[j] = row(batch[j < together ? i + j : i]);
        std::uint32_t distances[4];
        annvil::${kernel}(query, rows, coder_.row_size(), distances);`
            : `        std::uint32_t distances[4];
        for (std::uint32_t j = 0; j < together; ++j) distances[j] = coder_.distance(query, row(batch[i + j]));`,
          `        for (std::uint32_t j = 0; j < together; ++j) {
          const std::uint32_t distance = distances[j];
          ${test('batch[i + j]')}
        }
      }`,
        )
      : lines(
          '      for (std::uint32_t i = 0; i < count; ++i) {',
          prefetches &&
            ahead !== 'all' &&
            `        if (i + ahead < count) annvil::prefetch(row(batch[i + ahead]), ${rowLines});`,
          `        const std::uint32_t distance = coder_.distance(query, row(batch[i]));
        ${test('batch[i]')}
      }`,
        ),
  );
}
