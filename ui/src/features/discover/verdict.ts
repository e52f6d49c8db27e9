// Whether a file fits, in words and figures.
import type { Fit, SpeedRange } from '../../contract/bindings';
import { format } from '../../data';

export type Tone = 'good' | 'warn' | 'bad' | 'muted';

export interface VerdictWords {
  /** "Fits up to 12,288 tokens". */
  verdict: string;
  tone: Tone;
  /** "needs 3.6 GB of 11.2 GB free", "9–12 tok/s", "context up to 41,000". */
  figures: string[];
}

const small = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "9–12 tok/s". */
export function speedWords({ from, to }: SpeedRange): string {
  const figure = (value: number) => (to < 3 ? small.format(value) : format.count(value));
  const [low, high] = [figure(from), figure(to)];
  return low === high ? `${low} tok/s` : `${low}–${high} tok/s`;
}

/** A context as one would say it: long ones in thousands. */
export function contextFigure(tokens: number): string {
  return format.count(tokens >= 10_000 ? Math.floor(tokens / 1000) * 1000 : tokens);
}

function head({ verdict }: Fit): Pick<VerdictWords, 'verdict' | 'tone'> {
  switch (verdict.kind) {
    case 'fits':
      return { verdict: 'Fits', tone: 'good' };
    case 'fits_up_to':
      return { verdict: `Fits up to ${format.count(verdict.tokens)} tokens`, tone: 'warn' };
    case 'partly_on_processor':
      return { verdict: 'Fits, partly on the processor', tone: 'warn' };
    case 'does_not_fit':
      return { verdict: 'Does not fit', tone: 'bad' };
    case 'no_engine':
      return { verdict: 'No engine here runs it', tone: 'bad' };
    case 'unknown':
      return { verdict: 'Cannot be told', tone: 'muted' };
  }
}

export function verdictWords(fit: Fit): VerdictWords {
  const { kind } = fit.verdict;
  if (kind === 'no_engine') return { ...head(fit), figures: fit.refusal ? [fit.refusal] : [] };
  const needs =
    fit.needs_bytes === null
      ? 'its header does not say how much memory it needs'
      : `needs ${format.memory(fit.needs_bytes)} of ${format.memory(fit.budget_bytes)} free`;
  const runs = kind !== 'does_not_fit';
  return {
    ...head(fit),
    figures: [
      needs,
      runs && fit.speed ? speedWords(fit.speed) : null,
      // A shorter context is the verdict itself.
      runs && kind !== 'fits_up_to' && fit.longest_context !== null
        ? `context up to ${contextFigure(fit.longest_context)}`
        : null,
    ].filter((figure) => figure !== null),
  };
}

/** Whether it could be run here once it is downloaded. */
export function couldRun({ verdict }: Fit): boolean {
  return verdict.kind !== 'does_not_fit' && verdict.kind !== 'no_engine';
}
