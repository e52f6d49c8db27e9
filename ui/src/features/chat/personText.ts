// What a person wrote is shown as it was written: their lines, their spaces. Only code that they fenced or put in
// backticks is set as code; nothing else of it is taken for Markdown.

export interface PersonPart {
  kind: 'text' | 'code';
  text: string;
}

/** The text in runs of words and fenced code, in order. */
export function personParts(text: string): PersonPart[] {
  const parts: PersonPart[] = [];
  let fence: string | null = null;
  let lines: string[] = [];
  const flush = (kind: PersonPart['kind']): void => {
    const joined = kind === 'code' ? lines.join('\n') : lines.join('\n').replace(/^\n+|\s+$/g, '');
    if (joined !== '') parts.push({ kind, text: joined });
    lines = [];
  };
  for (const line of text.split('\n')) {
    const marks = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === null && marks !== undefined) {
      flush('text');
      fence = marks;
    } else if (fence !== null && marks?.startsWith(fence) && line.trim() === marks) {
      flush('code');
      fence = null;
    } else lines.push(line);
  }
  flush(fence === null ? 'text' : 'code');
  return parts;
}

/** Words with the spans that stand in backticks. */
export function codeSpans(text: string): PersonPart[] {
  const parts: PersonPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/(?<!`)(`+)(?!`)([^`\n]|(?!\1)`)+?\1(?!`)/g)) {
    const marks = match[1] ?? '`';
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'code', text: match[0].slice(marks.length, -marks.length) });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** A tool's arguments, set so that they can be read; exactly as written where they are no JSON. */
export function prettyArguments(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
