import type { Interval } from '../../core/outcome.ts';
import { overSeeds } from '../../evaluate/learned/reward-comparison.ts';
import { type Claim, claimOf, describeSeen } from '../claim.ts';
import { fetchedAt, type Measured, type Method, saving } from './measure.ts';

const ours: Method = 'net + copies, adaptive';
const paper = 'Ikeda, Miyashita & Deguchi 2025';
const recall = 0.9;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A method that ends short of the recall has no figure there. */
const vectors = (fetched: number): string => (Number.isNaN(fetched) ? 'recall not reached' : fetched.toFixed(0));

/** What is said of each of the paper's claims, from what was measured on one dataset at one scale. */
export function claimsOf(measured: Measured, scale: string, on: string): Claim[] {
  const compared = (method: Method, other: Method): { seen: Interval; note: string } => {
    const [fetched, theirs] = [mean(fetchedAt(measured[method], recall)), mean(fetchedAt(measured[other], recall))];
    const copies = mean(measured[method].map(({ facts }) => facts.copies ?? 1)).toFixed(2);
    return {
      seen: saving(measured, method, other, recall),
      note: `share of vectors not fetched at recall@1 ${recall}: ${vectors(fetched)} against ${vectors(theirs)}, ${copies} copies a vector, ${on}`,
    };
  };
  const fewer = (claim: string, said: string, method: Method, other: Method): Claim => {
    const { seen, note } = compared(method, other);
    return claimOf({ claim, paper: said, note }, seen, { above: 0 });
  };
  const headline = compared(ours, 'k-means');
  const asThePaper = compared('net + copies', 'k-means');
  const whole = scale !== 'small';
  const adaptive = saving(measured, ours, 'net, adaptive', recall);
  return [
    claimOf(
      {
        claim: 'net, copies and adaptive stop fetch at least 35 % fewer vectors than k-means probing',
        paper: `${paper}: 58 % fewer on SIFT1M at 90 % recall@1`,
        note: headline.note,
      },
      headline.seen,
      { above: 0.35 },
    ),
    fewer(
      'the net alone fetches fewer than k-means probing',
      `${paper}: predicted clusters hold the answer more often`,
      'net',
      'k-means',
    ),
    withNote(
      fewer(
        'copies fetch fewer than the net alone',
        `${paper}: duplication, with the same number of clusters for every query`,
        'net + copies',
        'net',
      ),
      `under the adaptive stop: ${describeSeen(adaptive)}`,
    ),
    fewer(
      'an adaptive stop fetches fewer than a fixed one',
      'none: the paper fetches as many clusters for every query',
      ours,
      'net + copies',
    ),
    fewer(
      'fewer than k-means with every vector in its two nearest clusters',
      'none: the plain way to spend copies',
      ours,
      'k-means, second nearest',
    ),
    spannClaim(compared(ours, 'SPANN'), measured, whole),
    fewer('fewer than LIRA', 'none: a stronger successor (Zeng et al., WWW 2025)', ours, 'LIRA'),
    claimOf(
      {
        claim:
          'net and copies, with the same number of clusters for every query, fetch 58 % fewer than k-means probing',
        paper: `${paper}, SIFT1M at 90 % recall@1`,
        note: `${asThePaper.note}; by the mass of probability instead: ${describeSeen(saving(measured, 'net + copies, mass', 'k-means', recall))}`,
      },
      asThePaper.seen,
      { above: 0.58 },
      whole,
    ),
    diskClaim(measured),
  ];
}

/**
 * SPANN keeps a sixth of the vectors in memory, so that at a small scale it has more in memory than is fetched; the paper compares at a million.
 */
function spannClaim({ seen, note }: { seen: Interval; note: string }, measured: Measured, visible: boolean): Claim {
  const facts = measured.SPANN[0]!.facts;
  const fields = {
    claim: 'fewer than SPANN',
    paper: `${paper}: 80 % fewer on SIFT1M at 90 % recall@1`,
    note: `${note}; SPANN compares ${facts.heads} heads in memory first, and stores ${(facts.copies ?? 1).toFixed(2)} copies a vector`,
  };
  return claimOf(fields, seen, { above: 0 }, visible);
}

function withNote(claim: Claim, more: string): Claim {
  return { ...claim, note: `${claim.note}; ${more}` };
}

/** Whether what was counted is what a disk had to read. */
function diskClaim(measured: Measured): Claim {
  const facts = measured[ours].map((examination) => examination.facts);
  const sum = (name: string) => facts.reduce((total, one) => total + (one[name] ?? 0), 0);
  const how = facts.every(({ diskDirect }) => diskDirect === 1)
    ? 'past the page cache (O_DIRECT)'
    : 'the file system refuses O_DIRECT: pages dropped before each read (posix_fadvise)';
  const perRead = sum('diskBytes') / sum('diskReads') / 1024;
  return claimOf(
    {
      claim: 'what is counted is what the disk reads',
      paper: 'none: the cost of a search on storage is what it fetches',
      note: `share of seeds whose reads bring the vectors counted and the same best distances; ${sum('diskVectors')} vectors, ${sum('diskReads')} reads of ${perRead.toFixed(0)} KiB, ${sum('diskSeconds').toFixed(2)} s, ${how}`,
    },
    overSeeds(facts.map(({ diskAgrees }) => diskAgrees ?? 0)),
    { atLeast: 1 },
  );
}
