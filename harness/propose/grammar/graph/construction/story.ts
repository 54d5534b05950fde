import type { Choices } from '../../../../core/policy.ts';
import { comment } from '../../part.ts';

/** The comment at the top of a header: what this construction does, and after whom. */
export function story(choices: Choices): string {
  return comment([
    'Slot `construction`: inserts the nodes one by one, each linked both ways to what pruning leaves of the nearest that a',
    'beam search finds (HNSW: Malkov and Yashunin, arXiv 1603.09320).',
    prunings[choices.pruning!.split('-')[0]!]!,
    ...(choices.distances === 'float32'
      ? []
      : ['Searches compare codes of a byte a dimension, pruning the rows themselves.']),
    ...(choices.passes === '1'
      ? []
      : [
          `${choices.passes === '2' ? 'A second pass links' : 'Two more passes link'} every node anew with the finished graph (Vamana: Subramanya et al. 2019).`,
        ]),
    entries[choices.entry!.split('-')[0]!]!,
    ...(choices.renumbering === 'none' ? [] : [renumberings[choices.renumbering!]!]),
  ]);
}

const prunings: Readonly<Record<string, string>> = {
  neighbourhood: 'Prunes as HNSW does.',
  alpha: 'Prunes with slack (Vamana: Subramanya et al. 2019).',
  tau: 'Prunes with a margin (tau-MNG: Peng et al., arXiv 2206.14397).',
  rank: 'Prunes the more strictly the more links are kept (CRINN: Li et al., arXiv 2508.02091).',
  angle: 'Prunes by the angle between links (NSSG: Fu et al., arXiv 1907.06146).',
};

const entries: Readonly<Record<string, string>> = {
  layers: 'The layers above are snapshots of the growing graph.',
  medoid: 'Every search starts at the row nearest to the mean.',
  centres: 'A search may start at any of several rows near the centres of clusters.',
};

const renumberings: Readonly<Record<string, string>> = {
  breadth: 'Nodes are numbered breadth first, for locality.',
  'cuthill-mckee': 'Nodes are numbered after Cuthill and McKee (1969), for locality.',
  window: 'Nodes are numbered greedily by shared links, for locality (Gorder: Wei et al. 2016).',
};
