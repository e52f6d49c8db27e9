// A whole text to blocks. Blocks that were rendered before come from a cache, so that a growing answer costs its
// last block only. Runs in a worker, or on the page where workers fail; needs no DOM.

import type { Token, Tokens, TokensList } from 'marked';

import { chunkLines, highlight, highlightMore, languageReady, loadLanguage } from './highlight';
import { CARET, languageOf, lexBlock, lexBlocks, toHtml, visit } from './markdown';
import { closeMath, loadMath, mathReady, tryMath } from './math';
import { heal, hold } from './tail';
import type { Block, Rendered, RenderJob } from './types';

/** Blocks kept: a long chat on the screen has a few hundred. */
const CACHED_BLOCKS = 800;

/** An open code block is coloured as a whole at most this often, milliseconds; in between only its newest line is. */
const HIGHLIGHT_EVERY = 100;

/** Live answers whose state is remembered; more than two at once is rare. */
const LIVE = 16;

type Body =
  | { kind: 'html'; html: string; math: boolean }
  | { kind: 'code'; language: string; text: string; chunks: string[] };

interface LiveState {
  /** The open code block as it was coloured last. */
  code?: { language: string; text: string; html: string; at: number };
  /** The last reading of the open formula that KaTeX could set. */
  formula?: { start: string; html: string };
}

export class DocumentRenderer {
  readonly #blocks = new Map<string, Body>();
  readonly #live = new Map<string, LiveState>();

  /** `now` in milliseconds, from any zero. */
  async render(job: RenderJob, now: number): Promise<Rendered> {
    const live = job.streaming ? this.#liveState(job.id) : null;
    if (!live) this.#live.delete(job.id);
    const text = live ? hold(job.text) : job.text;
    const tokens = lexBlocks(text);
    const visible = tokens.filter((token) => token.type !== 'space' && token.type !== 'def');
    const bodies: Body[] = [];
    for (const [index, token] of visible.entries()) {
      if (live && token.type === 'paragraph' && /^ {0,3}(?:\$\$|\\\[)/.test(token.raw)) {
        bodies.push(
          this.#openFormula(
            live,
            visible
              .slice(index)
              .map(({ raw }) => raw)
              .join('\n'),
            await this.#formulas(),
          ),
        );
        break;
      }
      const last = live !== null && index === visible.length - 1;
      bodies.push(
        last ? await this.#lastBlock(live, token, tokens.links, now) : await this.#block(token, tokens.links),
      );
    }
    if (live && bodies.length === 0) bodies.push({ kind: 'html', html: `<p>${CARET}</p>`, math: false });
    const blocks = bodies.map((body, index) => toBlock(body, String(index)));
    return { blocks, math: bodies.some((body) => body.kind === 'html' && body.math) };
  }

  #liveState(id: string): LiveState {
    const state = this.#live.get(id) ?? {};
    this.#live.delete(id);
    this.#live.set(id, state);
    trim(this.#live, LIVE);
    return state;
  }

  async #block(token: Token, links: TokensList['links']): Promise<Body> {
    // A reference looks different once its definition has come.
    const key =
      token.raw.includes('][') || token.raw.includes(']') ? token.raw + JSON.stringify(links) : token.raw;
    const known = this.#blocks.get(key);
    if (known) this.#blocks.delete(key);
    const body = known ?? (await this.#read(token, links));
    this.#blocks.set(key, body);
    trim(this.#blocks, CACHED_BLOCKS);
    return body;
  }

  async #read(token: Token, links: TokensList['links']): Promise<Body> {
    if (token.type === 'code') {
      const { text } = token as Tokens.Code;
      const language = languageOf(token as Tokens.Code);
      if (!languageReady(language)) await loadLanguage(language);
      return { kind: 'code', language, text, chunks: chunkLines(highlight(text, language)) };
    }
    return html(await prepare(lexBlock(token.raw, links)));
  }

  async #lastBlock(live: LiveState, token: Token, links: TokensList['links'], now: number): Promise<Body> {
    if (token.type === 'code') return this.#openCode(live, token as Tokens.Code, now);
    const tokens = await prepare(lexBlock(heal(token.raw), links));
    placeCaret(tokens);
    return html(tokens);
  }

  async #openCode(live: LiveState, token: Tokens.Code, now: number): Promise<Body> {
    // Until the line of the fence ends, its language is not known.
    const language = token.raw.includes('\n') ? languageOf(token) : '';
    if (!languageReady(language)) await loadLanguage(language);
    const before = live.code;
    const grows = before !== undefined && before.language === language && token.text.startsWith(before.text);
    let coloured: string;
    if (grows && now - before.at < HIGHLIGHT_EVERY)
      coloured = highlightMore(before.html, token.text, language);
    else {
      coloured = highlight(token.text, language);
      live.code = { language, text: token.text, html: coloured, at: now };
    }
    return { kind: 'code', language, text: token.text, chunks: chunkLines(coloured + CARET) };
  }

  #openFormula(live: LiveState, raw: string, ready: boolean): Body {
    const tex = raw.replace(/^\s*(?:\$\$|\\\[)/, '').trim();
    const start = tex.slice(0, 12);
    const set = ready ? tryMath(closeMath(tex), true) : null;
    if (set !== null) live.formula = { start, html: set };
    const shown =
      live.formula && tex.startsWith(live.formula.start.slice(0, tex.length)) ? live.formula.html : '';
    return { kind: 'html', html: `<div class="math-block">${shown}${CARET}</div>`, math: true };
  }

  async #formulas(): Promise<boolean> {
    await loadMath();
    return mathReady();
  }
}

function toBlock(body: Body, key: string): Block {
  if (body.kind === 'html') return { kind: 'html', key, html: body.html };
  return { kind: 'code', key, language: body.language, text: body.text, chunks: body.chunks };
}

function html(tokens: Token[]): Body {
  let math = false;
  visit(tokens, (token) => {
    if (token.type === 'math' || token.type === 'mathBlock') math = true;
  });
  return { kind: 'html', html: toHtml(tokens), math };
}

/** Fetches what the tokens need before they can be printed: grammars and KaTeX. */
async function prepare(tokens: Token[]): Promise<Token[]> {
  const waits: Promise<void>[] = [];
  visit(tokens, (token) => {
    if (token.type === 'code') {
      const language = languageOf(token as Tokens.Code);
      if (!languageReady(language)) waits.push(loadLanguage(language));
    } else if ((token.type === 'math' || token.type === 'mathBlock') && !mathReady()) waits.push(loadMath());
  });
  await Promise.all(waits);
  return tokens;
}

const CARET_TOKEN: Tokens.Generic = { type: 'caret', raw: '' };

/** Puts the caret behind the last letter, however deep in lists and quotations that is. */
export function placeCaret(tokens: Token[]): void {
  const last = tokens.findLast((token) => token.type !== 'space' && token.type !== 'def');
  switch (last?.type) {
    case 'paragraph':
    case 'heading':
      (last as Tokens.Paragraph).tokens.push(CARET_TOKEN);
      break;
    case 'text': {
      const text = last as Tokens.Text;
      if (text.tokens) text.tokens.push(CARET_TOKEN);
      else tokens.push(CARET_TOKEN);
      break;
    }
    case 'list': {
      const item = (last as Tokens.List).items.at(-1);
      if (item) placeCaret(item.tokens);
      break;
    }
    case 'blockquote':
      placeCaret((last as Tokens.Blockquote).tokens);
      break;
    case 'table': {
      const table = last as Tokens.Table;
      const row = table.rows.at(-1) ?? table.header;
      (row.findLast((cell) => cell.text !== '') ?? row[0])?.tokens.push(CARET_TOKEN);
      break;
    }
    case 'code':
      (last as Tokens.Code & { caret?: string }).caret = CARET;
      break;
    default:
      tokens.push({ type: 'paragraph', raw: '', text: '', tokens: [CARET_TOKEN] });
  }
}

/** Forgets the oldest entries of a map that is kept in the order of use. */
function trim<K, V>(map: Map<K, V>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
