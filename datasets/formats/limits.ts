/** More dimensions than any embedding has: a header that says so is no header. */
export const maxDimension = 1_000_000;
