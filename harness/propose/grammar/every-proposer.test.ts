import type { Grammar } from '../../core/proposer.ts';
import { ofSlots } from '../../core/target.ts';
import { begunCampaign } from '../../testing/memory-log.ts';
import { describeProposer } from '../testing/proposer-suite.ts';
import { GrammarProposer } from './proposer.ts';

const grammar: Grammar = {
  space: [
    { name: 'width', options: ['8', '4', '16', '32'] },
    { name: 'ahead', options: ['0', '2', '4', '8', '16'] },
  ],
  seedChoices: { width: '8', ahead: '2' },
  emit: (choices) => JSON.stringify(choices),
};

const broken: Grammar = {
  ...grammar,
  emit: () => {
    throw new Error('no header for these choices');
  },
};

describeProposer('grammar', {
  slot: 'search',
  log: () => begunCampaign({ anchor: 0 }),
  make: (_log, others) => {
    const one = others === 'fail' ? broken : grammar;
    return { proposer: new GrammarProposer(ofSlots('graph', { construction: one, search: one, refinement: one })) };
  },
});
