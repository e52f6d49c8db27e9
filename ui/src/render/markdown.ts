// Our dialect of Markdown: GitHub's, with formulas, without raw HTML and without anything that loads or navigates.

import { Lexer, Marked, Parser, type MarkedOptions, type Token, type Tokens, type TokensList } from 'marked';

import { escapeHtml, safeDataImage, safeLink } from './escape';
import { highlight } from './highlight';
import { mathExtensions } from './math';

/** Where an answer that is being written ends. A token, so that it lands behind the last letter however deep. */
export const CARET = '<span class="caret" aria-hidden="true"></span>';

/** What remend puts in the place of an image whose address is not there yet. */
const UNFINISHED = 'streamdown:';

function hostOf(href: string): string {
  try {
    return new URL(href).hostname;
  } catch {
    return '';
  }
}

/** An image from elsewhere is not loaded: whoever wrote the address would learn that it was read, and when. */
function remoteImage(href: string, alt: string): string {
  const host = hostOf(href);
  const name = alt === '' ? '' : `<span class="image-alt">${escapeHtml(alt)}</span>`;
  return (
    `<span class="image-card"><span class="image-from">Image from ${escapeHtml(host)}</span>${name}` +
    `<a href="${escapeHtml(href)}" title="${escapeHtml(href)}">Open in the browser</a></span>`
  );
}

/** A code block inside a list or a quotation; those that stand alone are patched line by line (see CodeBlock.svelte). */
export function codeHtml(text: string, language: string, caret = ''): string {
  return (
    `<div class="code"><div class="code-head"><span class="code-language">${escapeHtml(language)}</span>` +
    `<button type="button" class="code-copy" data-copy="">Copy</button></div>` +
    `<pre><code>${highlight(text, language)}${caret}</code></pre></div>\n`
  );
}

const marked = new Marked({
  gfm: true,
  breaks: false,
  tokenizer: {
    // Raw HTML is words like others; only the line break that models write in tables means something.
    html: () => undefined,
    tag(src) {
      const match = /^<br\s*\/?>/i.exec(src);
      return match ? ({ type: 'br', raw: match[0] } as unknown as Tokens.Tag) : undefined;
    },
    // "Text\n---" is meant as a rule by models; as a heading it would flash while a rule is being written.
    lheading(src) {
      return /^[^\n]+\n {0,3}=+ *(?:\n|$)/.test(src) ? false : undefined;
    },
  },
  renderer: {
    heading({ tokens, depth }) {
      // The chat has the headings above these; models begin with a second level as often as with a first.
      const level = Math.min(Math.max(depth, 2) + 1, 6);
      return `<h${level} class="heading-${depth}">${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    code(token) {
      return codeHtml(token.text, languageOf(token), (token as Tokens.Code & { caret?: string }).caret);
    },
    html: ({ text }) => escapeHtml(text),
    list(token) {
      const items = token.items.map((item) => this.listitem(item)).join('');
      if (!token.ordered) return `<ul>\n${items}</ul>\n`;
      const start = token.start === 1 || token.start === '' ? '' : ` start="${token.start}"`;
      return `<ol${start}>\n${items}</ol>\n`;
    },
    listitem(item) {
      const body = this.parser.parse(item.tokens);
      if (!item.task) return `<li>${body}</li>\n`;
      const box = item.checked
        ? '<span class="task-box checked" role="img" aria-label="Done"></span>'
        : '<span class="task-box" role="img" aria-label="Not done"></span>';
      return `<li class="task">${box}<div class="task-text">${body}</div></li>\n`;
    },
    checkbox: () => '',
    table(token) {
      const cells = (row: Tokens.TableCell[]): string => row.map((cell) => this.tablecell(cell)).join('');
      const rows = token.rows.map((row) => `<tr>${cells(row)}</tr>\n`).join('');
      const body = rows === '' ? '' : `<tbody>${rows}</tbody>`;
      return `<div class="table-scroll"><table><thead><tr>${cells(token.header)}</tr></thead>${body}</table></div>\n`;
    },
    tablecell({ tokens, header, align }) {
      const tag = header ? 'th' : 'td';
      const side = align === 'center' || align === 'right' ? ` class="align-${align}"` : '';
      return `<${tag}${side}>${this.parser.parseInline(tokens)}</${tag}>`;
    },
    link({ href, tokens, raw }) {
      const address = safeLink(href);
      const text = this.parser.parseInline(tokens);
      if (address === null)
        return href === '' || raw === href
          ? text
          : `${text} <span class="no-link">(${escapeHtml(href)})</span>`;
      return `<a href="${escapeHtml(address)}" title="${escapeHtml(address)}">${text}</a>`;
    },
    image({ href, text }) {
      if (href.startsWith(UNFINISHED)) return '';
      const data = safeDataImage(href);
      if (data !== null) return `<img src="${escapeHtml(data)}" alt="${escapeHtml(text)}">`;
      const address = safeLink(href);
      return address?.startsWith('https:')
        ? remoteImage(address, text)
        : `<span class="image-alt">${escapeHtml(text)}</span>`;
    },
  },
  extensions: [
    ...mathExtensions,
    { name: 'caret', level: 'inline', tokenizer: () => undefined, renderer: () => CARET },
  ],
});

const options = marked.defaults as MarkedOptions;

/** The first word behind the fence. */
export function languageOf(token: Tokens.Code): string {
  return /^\S+/.exec(token.lang ?? '')?.[0].slice(0, 40) ?? '';
}

/** The text cut into blocks, not yet read inside; with the link definitions that stand in it. */
export function lexBlocks(text: string): TokensList {
  const lexer = new Lexer(options);
  lexer.blockTokens(text.replace(/\r\n?/g, '\n'), lexer.tokens);
  return lexer.tokens;
}

/** One block, read to the last letter. */
export function lexBlock(raw: string, links: TokensList['links']): Token[] {
  const lexer = new Lexer(options);
  Object.assign(lexer.tokens.links, links);
  return lexer.lex(raw);
}

export function toHtml(tokens: Token[]): string {
  return new Parser(options).parse(tokens);
}

/** Every token, the nested ones too. */
export function visit(tokens: Token[], see: (token: Token) => void): void {
  void marked.walkTokens(tokens, see);
}
