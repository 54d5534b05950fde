// One implementation for both module systems, so that an Index is an Index wherever it came from.
import native from './index.cjs';

export const { build, Index, none, trainedIndex, level, packageName } = native;
