import type { Examination } from '../../evaluate/learned/examination.ts';
import type { Claim } from '../claim.ts';
import { extraClaims } from './extra-claims.ts';
import { lineClaims } from './line-claims.ts';
import type { Find } from './measured.ts';
import { planeClaims } from './plane-claims.ts';
import { sphereClaims } from './sphere-claims.ts';

/** Cases that a scale has its own names or numbers of. */
export interface CaseNames {
  /** The uniform case in one dimension that has ablations. */
  readonly line: string;
  /** By rising T, the first without any. */
  readonly extra: readonly string[];
  /** On a dataset's rows. */
  readonly rows: readonly string[];
}

/** The paper's claims beside what was seen; `interpolation` is interpolation search on the line's queries. */
export function claims(of: Find, { line, extra, rows }: CaseNames, interpolation: Examination): Claim[] {
  return [
    ...lineClaims(of, line, interpolation),
    ...planeClaims(of),
    ...sphereClaims(of, rows),
    ...extraClaims(extra.map((name) => of(name)!)),
  ];
}
