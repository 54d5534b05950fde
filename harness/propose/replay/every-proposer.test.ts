import type { Group } from '../../core/campaign-state.ts';
import { makeCandidate } from '../../core/candidate.ts';
import { ofSlots } from '../../core/target.ts';
import { sampleSeeds } from '../../record/sample-campaign.ts';
import { begunCampaign } from '../../testing/memory-log.ts';
import { describeProposer } from '../testing/proposer-suite.ts';
import { ReplayProposer } from './proposer.ts';

/** Three groups, of which each has a repair among its candidates. */
async function recording(): Promise<Group[]> {
  const log = begunCampaign({ proposer: 'llm' });
  const { state } = log;
  const champions = ofSlots('graph', { construction: '', search: sampleSeeds.search.id, refinement: '' });
  for (const group of [1, 2, 3]) {
    await log.append({ type: 'group-proposed', group, slot: 'search', champions, candidates: [], size: 4 });
    for (const [index, turn] of [1, 1, 2, 1, 1].entries()) {
      const request = `request-${group}-${index}`;
      const origin = { proposer: 'llm', model: 'm', request, prompt: `prompt-${group}`, turn } as const;
      const parents = [state.seeds.search.id];
      const candidate = makeCandidate({ slot: 'search', source: `// ${request}`, parents, origin });
      await log.append({ type: 'candidate-proposed', group, candidate, elapsedSeconds: 1 });
    }
  }
  return [...log.state.groups];
}

/** A recording that cannot be read. */
const lost = (group: Group): Group => ({
  ...group,
  get candidates(): Group['candidates'] {
    throw new Error('the recording is gone');
  },
});

describeProposer('replay', {
  slot: 'search',
  log: () => begunCampaign({ proposer: 'replay' }),
  make: async (log, others) => {
    const groups = await recording();
    return { proposer: new ReplayProposer({ ...log.state, groups: others === 'fail' ? groups.map(lost) : groups }) };
  },
});
