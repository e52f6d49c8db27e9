// How well a line fits what was typed: every word has to begin somewhere in it, beginnings of words count most.

const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** 0 (does not fit) to 1. */
export function fit(label: string, search: string, keywords: readonly string[] = []): number {
  const wanted = fold(search).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 1;
  const text = fold(label);
  const more = fold(keywords.join(' '));
  let sum = 0;
  for (const word of wanted) {
    const score = Math.max(fitWord(text, word), 0.5 * fitWord(more, word));
    if (score === 0) return 0;
    sum += score;
  }
  return sum / wanted.length;
}

function fitWord(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return 1;
  return text.includes(` ${word}`) ? 0.9 : 0.6;
}
