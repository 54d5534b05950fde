import type { Examination } from '../../evaluate/learned/examination.ts';
import type { Figure } from '../figures.ts';
import type { CaseNames } from './claims.ts';
import { extraFigure } from './extra-figure.ts';
import { lookupFigures } from './lookup-figures.ts';
import type { Find } from './measured.ts';
import { structureFigures } from './structure-figures.ts';

/** The paper's figures, from what was measured; `interpolation` is interpolation search on the line's queries. */
export function figures(of: Find, { line, extra }: CaseNames, interpolation: Examination): Figure[] {
  return [
    ...lookupFigures(of, line, interpolation),
    ...structureFigures(of, line),
    extraFigure(extra.map((name) => of(name)!)),
  ];
}
