// What a person types into a knob: a number as they write numbers, or nothing for the default.

import { LONGEST_STOP, MOST_STOPS, type NumberKnob } from './knobs';
import { words } from './words';

export type Typed = { value: number | null } | { problem: string };

/** Digits and signs of one locale. */
function separators(locale?: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(12345.6);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { decimal: of('decimal') || '.', group: of('group') };
}

/** Reads "0.7", "0,7" and "8,192" as people write them where they are; `NaN` for anything else. */
export function readNumber(text: string, whole: boolean, locale?: string): number {
  const { decimal, group } = separators(locale);
  let plain = text
    .trim()
    .replace(/[\s\u00a0\u202f]/g, '')
    .replace('−', '-');
  if (whole) {
    // A whole number has no fraction, so a point or comma before three digits groups them.
    plain = plain.replace(/[.,'’](?=\d{3}(?:\D|$))/g, '');
  } else if (decimal !== '.' && plain.includes(decimal)) {
    plain = (group === '' ? plain : plain.replaceAll(group, '')).replace(decimal, '.');
  } else {
    plain = plain.replace(',', '.');
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}

/** The value that was typed, or what is wrong with it. Nothing typed is the default. */
export function readTyped(knob: NumberKnob, text: string, locale?: string): Typed {
  if (text.trim() === '') return { value: null };
  const value = readNumber(text, knob.whole, locale);
  if (Number.isNaN(value)) return { problem: words.notANumber };
  if (knob.whole && !Number.isInteger(value)) return { problem: words.notWhole };
  if (value < knob.min || value > knob.max) return { problem: words.outOfRange(knob.min, knob.max) };
  return { value };
}

/** A stop string as it is typed: `\n` and `\t` stand for what cannot be typed in one line. */
export function unescapeStop(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 't' ? '\t' : '\\',
  );
}

/** The other way, for showing it. */
export function escapeStop(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** The stop strings with one more, or why it cannot be added. */
export function addStop(stops: readonly string[], text: string): { stops: string[] } | { problem: string } {
  const stop = unescapeStop(text);
  if (stop === '' || stops.includes(stop)) return { stops: [...stops] };
  if (stops.length >= MOST_STOPS) return { problem: words.tooManyStops };
  // The contract counts characters, not halves of them.
  if ([...stop].length > LONGEST_STOP) return { problem: words.stopTooLong };
  return { stops: [...stops, stop] };
}
