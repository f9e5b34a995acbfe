import { Measure_Family } from '@solotrial/client';

/** In what a benefit, and so the usual level, is told: it follows from the family. */
export function unitOf(family: Measure_Family | undefined): string {
  if (family === Measure_Family.BERNOULLI) return 'days per 28 days';
  if (family === Measure_Family.POISSON || family === Measure_Family.NEGATIVE_BINOMIAL) {
    return 'events per 7 days';
  }
  return 'points';
}
