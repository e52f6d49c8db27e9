// Formulas: where they stand in Markdown, and KaTeX, loaded when the first one comes.

import type { TokenizerAndRendererExtension, Tokens } from 'marked';

import { escapeHtml } from './escape';

export interface MathToken extends Tokens.Generic {
  type: 'math' | 'mathBlock';
  tex: string;
  display: boolean;
}

/** More than any real formula; beyond it the source is shown. */
const LONGEST = 5_000;

/** Letters, commands or operators that a price or a shell variable in prose does not have. */
const SIGNAL = /[\\^_{}=+<>|]/;

/**
 * Whether what stands between two dollar signs is a formula. "$5 for tea, 5$" and "$HOME or $PATH" are not.
 */
export function looksLikeMath(tex: string): boolean {
  if (SIGNAL.test(tex)) return !(/^\d[\d.,]*\s+[a-z]{2,}/i.test(tex) && !tex.includes('\\'));
  if (/^\d+(?:[.,]\d+)*$/.test(tex)) return true;
  return !/[a-z]{2,}/i.test(tex) && !/[.,;:!?]\s/.test(tex);
}

const INLINE = [
  { pattern: /^\$\$(?!\$)((?:\\[\s\S]|[^\\$])+?)\$\$(?!\$)/, display: true, guess: false },
  { pattern: /^\\\[((?:(?!\n\s*\n)[\s\S])+?)\\\]/, display: true, guess: false },
  { pattern: /^\\\(((?:(?!\n\s*\n)[\s\S])+?)\\\)/, display: false, guess: false },
  { pattern: /^\$(?![\s$])((?:\\.|[^\\\n$`])+?)(?<!\s)\$(?![\d$])/, display: false, guess: true },
];

const inline: TokenizerAndRendererExtension = {
  name: 'math',
  level: 'inline',
  start: (src) => {
    const index = src.search(/(?<![\w\\$])\$|\\[([]/);
    return index < 0 ? undefined : index;
  },
  tokenizer(src): MathToken | undefined {
    for (const { pattern, display, guess } of INLINE) {
      const match = pattern.exec(src);
      const tex = match?.[1]?.trim();
      if (match && tex && (!guess || looksLikeMath(tex)))
        return { type: 'math', raw: match[0], tex, display };
    }
    return undefined;
  },
  renderer: (token) => renderMath((token as MathToken).tex, (token as MathToken).display),
};

const BLOCK =
  /^ {0,3}(?:\$\$((?:(?!\n[ \t]*\n)[\s\S])+?)\$\$|\\\[((?:(?!\n[ \t]*\n)[\s\S])+?)\\\])[ \t]*(?:\n|$)/;

const block: TokenizerAndRendererExtension = {
  name: 'mathBlock',
  level: 'block',
  start: (src) => {
    const index = src.search(/^ {0,3}(?:\$\$|\\\[)/m);
    return index < 0 ? undefined : index;
  },
  tokenizer(src): MathToken | undefined {
    const match = BLOCK.exec(src);
    const tex = (match?.[1] ?? match?.[2])?.trim();
    return match && tex ? { type: 'mathBlock', raw: match[0], tex, display: true } : undefined;
  },
  renderer: (token) => `<div class="math-block">${renderMath((token as MathToken).tex, true)}</div>\n`,
};

export const mathExtensions = [inline, block];

type Katex = typeof import('katex').default;
let katex: Katex | null = null;

/** Whether formulas can be set at once. */
export function mathReady(): boolean {
  return katex !== null;
}

export async function loadMath(): Promise<void> {
  katex ??= (await import('katex')).default;
}

/** The formula as HTML, or `null` where KaTeX cannot read it. */
export function tryMath(tex: string, display: boolean): string | null {
  if (!katex || tex.length > LONGEST) return null;
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      output: 'html',
      throwOnError: true,
      trust: false,
      strict: 'ignore',
      maxExpand: 300,
      maxSize: 20,
    });
    return `<span class="math" role="math" aria-label="${escapeHtml(tex)}">${html}</span>`;
  } catch {
    return null;
  }
}

/** The formula, or its source where it cannot be set: what the model wrote is never lost. */
function renderMath(tex: string, display: boolean): string {
  return tryMath(tex, display) ?? `<code class="math-source">${escapeHtml(tex)}</code>`;
}

/** A half-written formula, closed as well as it can be: open groups and environments are ended. */
export function closeMath(tex: string): string {
  let closed = tex.replace(/\\[a-zA-Z]*$/, '').replace(/[\^_&]\s*$/, '');
  const open: string[] = [];
  for (const match of closed.matchAll(
    /\\begin\{([^}]*)\}|\\end\{[^}]*\}|\\left\b|\\right\b|\\[\s\S]|[{}]/g,
  )) {
    const [text, environment] = match;
    if (text === '{') open.push('}');
    else if (text === '\\left') open.push('\\right.');
    else if (environment !== undefined) open.push(`\\end{${environment}}`);
    else if (text === '}' || text === '\\right' || text.startsWith('\\end')) open.pop();
  }
  for (const end of open.reverse()) closed += end;
  return closed;
}
