/**
 * Two-sided quantile of Student's t: the `t` with P(|T| <= t) = `level` for an integer number of degrees of freedom.
 * The distribution is the finite trigonometric sum of Abramowitz & Stegun (1964), 26.7.3 and 26.7.4, exact for integers,
 * inverted by bisection on its angle atan(t / sqrt(degrees)).
 */
export function studentT(degrees: number, level = 0.95): number {
  if (!Number.isInteger(degrees) || degrees < 1) throw new RangeError(`degrees of freedom: ${degrees}`);
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

function probabilityWithin(angle: number, degrees: number): number {
  const odd = degrees % 2 === 1;
  if (degrees === 1) return (2 / Math.PI) * angle;
  const squaredCosine = Math.cos(angle) ** 2;
  let term = odd ? Math.cos(angle) : 1;
  let sum = term;
  for (let power = odd ? 2 : 1; power + 2 < degrees + (odd ? 1 : 0); power += 2) {
    term *= (power / (power + 1)) * squaredCosine;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
