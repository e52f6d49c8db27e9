// The language that the words here are in: names of days and months, and "5 minutes ago", go with them. Figures follow
// the person's own locale.

/** English as this person's system writes it; the one that these words are written in, where it speaks another. */
export function wordsLocale(own: string): string {
  return own.split('-')[0] === 'en' ? own : 'en-GB';
}

export const LOCALE_OF_WORDS = wordsLocale(new Intl.DateTimeFormat().resolvedOptions().locale);
