import type { Choices } from '../../../../core/policy.ts';
import { comment, lines } from '../../part.ts';

/** When a kept link covers a farther candidate, and why. \`d\` are squared lengths: node, candidate, other (kept). */
interface Rule {
  readonly why: string;
  readonly covers: string;
  readonly setup?: string;
}

const between = 'rows.distance(other.id, candidate.id)';

function rule(pruning: string): Rule {
  const [name, value] = pruning.split('-') as [string, string?];
  const parameter = Number(value);
  switch (name) {
    case 'alpha':
      return {
        why: `one is dropped when a kept one is ${value} times closer to it than the node is. The slack leaves links that let a // search make long steps (Vamana, Subramanya et al. 2019).`,
        covers: `${(parameter ** 2).toFixed(4)}F * ${between} < candidate.distance`,
      };
    case 'tau':
      return {
        why: `one is dropped when a kept one is closer to it than the node is, by more than a margin: a query may lie off the rows // by that much and still find its way (tau-MNG, Peng et al. 2023). The margin follows the node's own neighbourhood.`,
        setup: `const float margin = scratch.candidates.empty() ? 0 : ${value}F * std::sqrt(scratch.candidates.front().distance);`,
        covers: `std::sqrt(${between}) < std::sqrt(candidate.distance) - margin`,
      };
    case 'rank':
      return {
        why: `one is dropped when a kept one is closer to it than the node is. The rule starts relaxed and grows strict with the // number kept, so that the nearest few stay even where they are close to each other (after CRINN, Li et al. 2025).`,
        covers: `${between} < theta * candidate.distance`,
      };
    case 'angle':
      return {
        why: `one is dropped when it lies within ${value} degrees of a kept one as seen from the node: links spread over all // directions (satellite graphs, Fu et al. 2021). By the law of cosines, over squared lengths.`,
        covers: `candidate.distance + other.distance - ${between} >
             ${(2 * Math.cos((parameter * Math.PI) / 180)).toFixed(4)}F * std::sqrt(candidate.distance * other.distance)`,
      };
    default:
      return {
        why: `one is dropped when a kept one is closer to it than the node is, for a search will find it from there (Malkov and Yashunin 2016, algorithm 4).`,
        covers: `${between} < candidate.distance`,
      };
  }
}

/** Which of a node's candidates become its links. */
export function pruning({ pruning, fill }: Choices): string {
  const { why, covers, setup } = rule(pruning!);
  const filled = fill === 'nearest';
  return lines(
    comment([
      'Leaves in scratch.kept the links that a node keeps, at most `most`, of scratch.candidates, which come closest first:',
      why,
      ...(filled
        ? ['Room that is left goes to the nearest of the dropped: a fuller row costs little and is a way out more.']
        : []),
    ]),
    'inline void prune(const Rows& rows, std::size_t most, Scratch& scratch) {',
    '  auto& kept = scratch.kept;',
    '  kept.clear();',
    filled && '  auto& dropped = scratch.dropped;\n  dropped.clear();',
    setup !== undefined && `  ${setup}`,
    '  for (const Neighbour& candidate : scratch.candidates) {',
    `    if (kept.size() == most) ${filled ? 'break' : 'return'};`,
    pruning!.startsWith('rank') && theta(Number(pruning!.split('-')[1])),
    '    const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Neighbour& other) {',
    `      return ${covers};`,
    '    });',
    filled ? '    (covered ? dropped : kept).push_back(candidate);' : '    if (!covered) kept.push_back(candidate);',
    '  }',
    filled && '  const std::size_t room = std::min(dropped.size(), most - kept.size());',
    filled && '  kept.insert(kept.end(), dropped.begin(), dropped.begin() + static_cast<std::ptrdiff_t>(room));',
    '}',
  );
}

const theta = (start: number): string =>
  `    const float kept_share = static_cast<float>(kept.size()) / static_cast<float>(most);
    const float theta = ${start.toFixed(2)}F + ${(1 - start).toFixed(2)}F * kept_share;`;
