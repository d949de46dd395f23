/*
 * Distribution functions and tests of fit, written for clarity, in float64 and apart from the library's own functions.
 */

/** log Γ(x) for x > 0: Stirling's series, after moving x beyond 10. */
export const logGamma = (x: number): number => {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const r = 1 / (x * x);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
};

/** The share of the gamma distribution with parameter `a` below `x`. */
export const gammaShare = (a: number, x: number): number => {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-16; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  // Lentz's way through the continued fraction of the rest.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 500; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * h;
};

const betaFraction = (a: number, b: number, x: number): number => {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
};

/** The share of the beta distribution below `x`. */
export const betaShare = (a: number, b: number, x: number): number => {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  const logs = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(logs) * betaFraction(a, b, x)) / a
    : 1 - (Math.exp(logs) * betaFraction(b, a, 1 - x)) / b;
};

/** The share of the standard normal distribution below `x`. */
export const normalShare = (x: number): number => 0.5 + (Math.sign(x) / 2) * gammaShare(0.5, (x * x) / 2);

/** The share of Student's t distribution below `x`. */
export const studentShare = (df: number, x: number): number => {
  const tail = betaShare(df / 2, 0.5, df / (df + x * x)) / 2;
  return x < 0 ? tail : 1 - tail;
};

/**
 * How probable it is that a sample of the distribution lies as far from it as this one does, by the greatest distance
 * between the two distribution functions (Kolmogorov and Smirnov; the series with Stephens's correction).
 */
export const kolmogorovSmirnov = (sample: readonly number[], share: (x: number) => number): number => {
  const n = sample.length;
  const sorted = [...sample].sort((x, y) => x - y);
  const distance = sorted.reduce((most, x, i) => {
    const below = share(x);
    return Math.max(most, below - i / n, (i + 1) / n - below);
  }, 0);
  const scaled = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * distance;
  let p = 0;
  for (let j = 1; j <= 100; j++) p += 2 * (-1) ** (j - 1) * Math.exp(-2 * j * j * scaled * scaled);
  return scaled < 0.2 ? 1 : Math.min(1, Math.max(0, p));
};

/**
 * How probable it is that counts lie as far from what is expected as these do (Pearson's chi-square). Neighbours of
 * which few are expected are put together.
 */
export const chiSquare = (observed: readonly number[], expected: readonly number[]): number => {
  let [statistic, cells] = [0, 0];
  let [seen, awaited] = [0, 0];
  const rest = expected.map((_, i) => expected.slice(i + 1).reduce((sum, x) => sum + x, 0));
  expected.forEach((e, i) => {
    seen += observed[i] as number;
    awaited += e;
    const isLast = i === expected.length - 1;
    if (!isLast && (awaited < 5 || (rest[i] as number) < 5)) return;
    if (awaited > 0) {
      statistic += (seen - awaited) ** 2 / awaited;
      cells++;
    }
    [seen, awaited] = [0, 0];
  });
  return 1 - gammaShare((cells - 1) / 2, statistic / 2);
};
