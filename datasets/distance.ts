/** L2, in double, whatever the rows are in. */
export function distance(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < one.length; ++n) sum += (one[n]! - other[n]!) ** 2;
  return Math.sqrt(sum);
}
