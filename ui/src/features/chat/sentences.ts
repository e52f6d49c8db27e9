// What a screen reader is told of an answer that grows: whole sentences, once each, without the marks of Markdown.

/** The end of the last whole sentence or line, or `from` if none has ended since. */
export function sentenceEnd(text: string, from: number): number {
  let at = from;
  for (const match of text.slice(from).matchAll(/[.!?…]["'”’)]*(?=\s)|\n/g))
    at = from + match.index + match[0].length;
  return at;
}

/** Words to be spoken: links by their text, code by a word, no marks. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/^\s*(?:```|~~~).*$/gm, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*(?:#{1,6}|>|[-*+]|\|)\s*/gm, '')
    .replace(/[*_`~|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Follows one answer and gives out what can be said now. */
export class Announcer {
  #answer = '';
  #said = 0;

  /** An answer that was half there when it came into sight is not read from its beginning. */
  begin(answer: string, text: string): void {
    this.#answer = answer;
    this.#said = text.length;
  }

  /** The sentences that ended since the last call; all that is left when the answer is `over`. */
  next(answer: string, text: string, over: boolean): string {
    if (answer !== this.#answer) {
      this.#answer = answer;
      this.#said = over ? text.length : 0;
    }
    if (this.#said > text.length) this.#said = text.length;
    const end = over ? text.length : sentenceEnd(text, this.#said);
    const words = spoken(text.slice(this.#said, end));
    this.#said = end;
    return words;
  }
}
