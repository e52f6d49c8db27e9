// Which engine runs a model and which the person chose, as words.

import type { EngineChoice, EngineSpeed, Model } from '../../contract/bindings';
import { words } from './words';

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** "141 tok/s", "4.2 tok/s": one decimal where it matters. */
export function rateWords(rate: number): string {
  return `${(rate < 20 ? oneDecimal : whole).format(rate)} tok/s`;
}

/** "writes 18 tok/s, reads 141 tok/s". */
export function speedWords(speed: EngineSpeed | null): string {
  if (speed === null) return words.notMeasured;
  return words.speed(rateWords(speed.tok_s), rateWords(speed.prompt_tok_s));
}

/** "llama.cpp · the fastest here · 18 tok/s"; `null` where no engine runs it. */
export function engineLine({ engine, engine_reason, engines }: Model): string | null {
  if (engine === null) return null;
  const speed = engines.find((choice) => choice.engine === engine)?.speed;
  return [engine, engine_reason, speed ? rateWords(speed.tok_s) : ''].filter(Boolean).join(' · ');
}

/** The one that the person chose; `null` where the application does. */
export function chosenEngine({ engines }: Model): string | null {
  return engines.find(({ chosen }) => chosen)?.engine ?? null;
}

/** What is said beside an engine: why it cannot, or why it does and how fast. */
export function engineNote(choice: EngineChoice, model: Model): string {
  if (choice.refusal !== null) return choice.refusal;
  // Beside what the person chose, "you chose it" says nothing new.
  const reason = choice.engine === model.engine && !choice.chosen ? model.engine_reason : '';
  return [reason, speedWords(choice.speed)].filter(Boolean).join(' · ');
}
