/**
 * Whether a claim holds, and in words. A build draws and threads race, so recall may differ from the campaign's by a little; two libraries
 * in one process share caches otherwise than two processes do, and another processor favours other code: ratios are allowed for that.
 */
export const allowed = {
  /** Of recall, beyond both intervals. */
  recall: 0.01,
  /** Of the ratio, on the processor that the claim was measured on, and on another. */
  ratio: 0.1,
  otherRatio: 0.3,
};

/** @param measured { effort, recall: { value, low, high } } at each effort that the claim names */
export function recallFaults(claim, measured) {
  return measured.flatMap(({ effort, recall }) => {
    const claimed = claim.curve.find((point) => point.effort === effort).recall;
    if (recall.high + allowed.recall >= claimed) return [];
    return [`recall at effort ${effort} is ${shown(recall)}, ${claimed.toFixed(3)} is claimed`];
  });
}

/** Null where it holds, or is of all cores at once and not of one thread, as the ratio is. */
export function ratioFault({ speedup, mode }, ratio, sameProcessor) {
  const share = 1 - (sameProcessor ? allowed.ratio : allowed.otherRatio);
  if (!speedup || mode === 'throughput' || ratio.high >= speedup.low * share) return null;
  return `${shown(ratio)} times the seed, ${shown(speedup)} is claimed`;
}

export function shown({ value, low, high }) {
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}
