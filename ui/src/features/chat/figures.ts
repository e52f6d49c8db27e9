// Numbers under an answer and above the chat, as words.

import type { AnswerStats, FinishReason } from '../../contract/bindings';
import { count, duration } from '../../data/format';

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "38 tok/s"; one decimal where it matters. The first token does not count: it waited for the prompt. */
export function speed(stats: AnswerStats): string | null {
  if (stats.completion_tokens < 2 || stats.generation_ms === 0) return null;
  const rate = ((stats.completion_tokens - 1) * 1000) / stats.generation_ms;
  return `${(rate < 20 ? tenths : whole).format(rate)} tok/s`;
}

/** Whole seconds, at least one: "Thought for 6 s" does not need tenths. */
export function thoughtFor(milliseconds: number): string {
  return duration(Math.max(1, Math.round(milliseconds / 1000)) * 1000).replace(/[.,]0 s$/, ' s');
}

const REASONS: Partial<Record<FinishReason, string>> = {
  length: 'reached the answer limit',
  tool_calls: 'asked for a tool',
};

/** "38 tok/s · 212 tokens · first word 0.4 s", and why it ended where that is not plain. */
export function statsLine(stats: AnswerStats | null, reason: FinishReason | null): string {
  const parts: string[] = [];
  if (stats && stats.completion_tokens > 0) {
    const rate = speed(stats);
    if (rate) parts.push(rate);
    parts.push(`${count(stats.completion_tokens)} ${stats.completion_tokens === 1 ? 'token' : 'tokens'}`);
    parts.push(
      `first word ${stats.first_token_ms < 50 ? `<\u2009${duration(100)}` : duration(stats.first_token_ms)}`,
    );
  }
  const why = reason && REASONS[reason];
  if (why) parts.push(why);
  return parts.join(' · ');
}
