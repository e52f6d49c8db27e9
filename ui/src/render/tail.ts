// The end of a text that is still being written. A marker that is not whole yet would flash as raw characters and
// then turn into something else; so the last line holds back what cannot be read yet, and what is half open is
// closed. Nothing here runs on a finished text.

import remend from 'remend';

import { looksLikeMath } from './math';

/** Quotation marks and list markers before the words of a line. */
const CONTAINERS = /^(?:\s|>|[-*+]\s+|\d{1,9}[.)]\s+)*/;

/** A line that so far may become a marker: of a list, a heading, a rule, a fence, a task or a table. */
const UNDECIDED = /^(?:[-*+]|\d{1,3}[.)]?|#{1,6}|`{1,2}|~{1,2}|[-*_=](?:[-*_=]|\s)*|\[[ xX]?\]?|\|)\s*$/;

/** How long a possible formula may stay unseen before it is taken for words. */
const LONGEST_HELD_GUESS = 48;
const LONGEST_HELD_FORMULA = 600;

interface Fence {
  character: string;
  length: number;
}

/** The fence that is open at the end of the text, if one is. */
export function openFence(text: string): Fence | null {
  let open: Fence | null = null;
  for (const line of text.split('\n')) {
    const match = /^(?:\s|>|[-*+]\s+|\d{1,9}[.)]\s+)*(`{3,}|~{3,})(.*)$/.exec(line);
    const [, marks = '', info = ''] = match ?? [];
    if (marks === '') continue;
    const character = marks.charAt(0);
    if (open === null) {
      if (character === '~' || !info.includes('`')) open = { character, length: marks.length };
    } else if (character === open.character && marks.length >= open.length && info.trim() === '') open = null;
  }
  return open;
}

/** Index from which the last line holds a formula that is not closed yet, or -1. */
function openFormula(line: string): number {
  const closed = (from: number, end: string): number => {
    const at = line.indexOf(end, from);
    return at < 0 ? -1 : at + end.length;
  };
  let index = 0;
  while (index < line.length) {
    const two = line.slice(index, index + 2);
    const character = line.charAt(index);
    let next = index + 1;
    if (character === '`') {
      const run = /^`+/.exec(line.slice(index))?.[0] ?? '`';
      next = closed(index + run.length, run);
      if (next < 0) return -1;
    } else if (two === '\\(' || two === '\\[') {
      next = closed(index + 2, two === '\\(' ? '\\)' : '\\]');
      if (next < 0) return line.length - index <= LONGEST_HELD_FORMULA ? index : -1;
    } else if (character === '\\') next = index + 2;
    else if (two === '$$') {
      next = closed(index + 2, '$$');
      if (next < 0) return line.length - index <= LONGEST_HELD_FORMULA ? index : -1;
    } else if (character === '$') {
      const rest = line.slice(index + 1);
      const whole = /^(?![\s$])((?:\\.|[^\\\n$`])+?)(?<!\s)\$(?![\d$])/.exec(rest);
      if (whole?.[1] && looksLikeMath(whole[1])) next = index + 1 + whole[0].length;
      else if (/^(?:[^\s\d$`][^$`]*|\d[^$`\s]*)?$/.test(rest)) {
        const limit = /[\\^_{}]/.test(rest) ? LONGEST_HELD_FORMULA : LONGEST_HELD_GUESS;
        if (rest.length <= limit) return index;
      }
    }
    index = next;
  }
  return -1;
}

/** A table whose head is there (or begins to be) but not the line under it: it gets that line. */
function completeTable(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  const line = (index: number): string => lines[index]?.trim() ?? '';
  const isRow = (index: number): boolean => /^\|(?:\s|$)|^\|[^|]+\|/.test(line(index));
  const isRule = (index: number): boolean => /^\|?[\s:|-]*$/.test(line(index)) && line(index) !== '';
  const columns = (head: string): number =>
    Math.max(
      1,
      head
        .replace(/\\\||`[^`]*`/g, '')
        .replace(/^\||\|$/g, '')
        .split('|').length,
    );
  const ruleFor = (head: string): string => `|${' --- |'.repeat(columns(head))}`;

  let head = last;
  if (line(last) === '' || (isRule(last) && !isRow(last - 2))) head = last - 1;
  if (!isRow(head) || isRow(head - 1) || (head > 0 && isRule(head))) return text;
  if (
    head < last &&
    line(last) !== '' &&
    columns(line(last)) === columns(line(head)) &&
    /-\s*\|$/.test(line(last))
  ) {
    return text;
  }
  const whole = line(head).endsWith('|') && line(head).length > 1 ? line(head) : `${line(head)} |`;
  const indent = /^\s*/.exec(lines[head] ?? '')?.[0] ?? '';
  return [...lines.slice(0, head), indent + whole, indent + ruleFor(whole), ''].join('\n');
}

/** Cuts from the end what cannot be read yet, and gives an unfinished table head its rule. */
export function hold(text: string): string {
  const start = text.lastIndexOf('\n') + 1;
  const before = text.slice(0, start);
  const line = text.slice(start);
  const fence = openFence(before);
  if (fence) {
    const marks = line.replace(/^[\s>]+/, '');
    const partial =
      marks !== '' && marks.length < fence.length && marks === fence.character.repeat(marks.length);
    return partial ? before : text;
  }
  if (openFence(text)) return text;
  const containers = CONTAINERS.exec(line)?.[0] ?? '';
  const words = line.slice(containers.length);
  if (line.trim() !== '' && (words === '' || UNDECIDED.test(words))) return completeTable(before);
  let held = line;
  const formula = openFormula(held);
  if (formula >= 0) held = held.slice(0, formula);
  held = held.replace(/(?<!\\)(?:\\\\)*\\$/, '').replace(/<(?=https?:\/\/[^\s>]*$|h?t?t?p?s?:?\/?$)/, '');
  return completeTable(before + held);
}

/** Closes what is half open in the last block: emphasis, code, links. */
export function heal(raw: string): string {
  // Until the line of a fence ends, its language is not known: "j" is not "javascript".
  if (openFence(raw)) return raw.replace(/(`{3,}|~{3,})[^`~\n]*$/, '$1');
  let text = raw;
  // An image whose address is not whole; remend would leave its description behind.
  text = text.replace(/!(?:\[[^\]]*(?:\](?:\([^)\n]*)?)?)?$/, (match, at: number) =>
    match === '!' && /\S/.test(text.charAt(at - 1)) ? match : '',
  );
  // An opening marker without anything behind it yet.
  text = text.replace(/(^|[\s([{"'“|>])(?:\*{1,3}|_{1,3}|~{1,2}|`+|!?\[)$/, '$1');
  // `[words]` may become a link with the next letter; `a[0]` will not.
  text = text.replace(/(?<![\w\]!])\[([^[\]]*[a-z]{2}[^[\]]*)\]$/i, '$1');
  // An open code span is closed before the emphasis around it; remend would close them the other way round.
  const ticks = openTicks(text);
  if (ticks !== '') text += text.endsWith('`') ? ` ${ticks}` : ticks;
  return remend(text, {
    linkMode: 'text-only',
    htmlTags: false,
    katex: false,
    inlineKatex: false,
    inlineCode: false,
    setextHeadings: false,
    singleTilde: false,
  });
}

/** The run of backticks whose span is open at the end, or nothing. */
function openTicks(text: string): string {
  let open = '';
  for (const match of text.matchAll(/\\`|`+|\n\s*\n/g)) {
    const [run] = match;
    if (run.startsWith('\n')) open = '';
    else if (run.startsWith('\\')) continue;
    else if (open === '') open = run;
    else if (open === run) open = '';
  }
  // The closing run itself may be half there.
  const tail = /`+$/.exec(text)?.[0] ?? '';
  if (open !== '' && tail.length > 0 && tail.length < open.length) return open.slice(tail.length);
  return open;
}
