// The text of a card made readable: without the HTML that code hosts let through, with links that lead somewhere, and
// cut where most people stop. What comes out is Markdown again, and the renderer trusts none of it. The patterns are
// bounded: whoever writes a card must not be able to hold the window up.

/** Lines that are shown before somebody asks for all. */
const FOLDED_LINES = 40;

const FENCE = /^ {0,3}(```+|~~~+)/;

/** Runs over the lines and says which stand in a block of code. */
function* lines(text: string): Generator<{ line: string; code: boolean }> {
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && mark) {
      fence = mark;
      yield { line, code: true };
    } else if (fence !== null) {
      yield { line, code: true };
      if (mark && mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark) fence = null;
    } else {
      yield { line, code: false };
    }
  }
}

/** The block of settings that stands before the text. */
function withoutFrontMatter(text: string): string {
  const found = /^\uFEFF?---\n[\s\S]*?\n(?:---|\.\.\.)(?:\n|$)/.exec(text);
  return found ? text.slice(found[0].length) : text;
}

const absolute = /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i;

/** The address of a file that the text names by its place in the repository; others stay as they are. */
export function resolveLink(href: string, base: string): string {
  if (href === '' || absolute.test(href)) return href;
  try {
    const url = new URL(href.replace(/^\/+/, ''), base);
    // "../../.." leads out of the repository; then it leads nowhere.
    return url.href.startsWith(base) ? url.href : href;
  } catch {
    return href;
  }
}

/** Markdown instead of the few HTML elements that say something, nothing instead of the rest. */
function withoutHtml(line: string, base: string): string {
  if (!line.includes('<')) return line;
  const attribute = (tag: string, name: string) =>
    new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`, 'i').exec(tag)?.[1] ?? '';
  return line
    .replace(/<a\b([^<>]*)>(.{0,800}?)<\/a>/gi, (_, tag: string, inner: string) => {
      const href = resolveLink(attribute(tag, 'href'), base);
      const label = inner.replace(/<[^>]*>/g, '').trim() || attribute(inner, 'alt');
      return label === '' ? '' : href === '' || /[\s()]/.test(href) ? label : `[${label}](${href})`;
    })
    .replace(/<img\b[^<>]*>/gi, '')
    .replace(/<(b|strong)>(.{0,800}?)<\/\1>/gi, '**$2**')
    .replace(/<(i|em)>(.{0,800}?)<\/\1>/gi, '*$2*')
    .replace(
      /<h([1-6])\b[^<>]*>(.{0,800}?)<\/h\1>/gi,
      (_, level: string, inner: string) => `${'#'.repeat(Number(level))} ${inner}`,
    )
    .replace(
      /<\/?(?:p|div|span|center|details|summary|picture|source|video|audio|iframe|figure|figcaption|a|u|sub|sup|small|font|table|thead|tbody|tr|td|th|ul|ol|li|h[1-6]|b|i|strong|em|style|script|section|hr)\b[^<>]*>/gi,
      '',
    );
}

/** Without what stands between these marks; a beginning without an end is left as it is. */
function without(text: string, from: string, to: string): string {
  // Letter by letter: other letters can grow when they become small, and the places would no longer agree.
  const searched = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  let out = '';
  let at = 0;
  for (;;) {
    const start = searched.indexOf(from, at);
    const end = start === -1 ? -1 : searched.indexOf(to, start + from.length);
    if (end === -1) return out + text.slice(at);
    out += text.slice(at, start);
    at = end + to.length;
  }
}

/** Elements whose tags run over several lines, comments and style sheets. */
function withoutBlocks(text: string): string {
  return ['style', 'script']
    .reduce((rest, name) => without(rest, `<${name}`, `</${name}>`), without(text, '<!--', '-->'))
    .replace(/<(img|a|div|p|video|source|iframe)\b[^<>]*>/gi, (tag) => tag.replace(/\s*\n\s*/g, ' '));
}

/** A link or an image: what stands before its address, the address, and what stands behind. */
const LINK = /(\]\(\s*)<?([^()\s<>]+)>?((?:\s+(?:"[^"]*"|'[^']*'))?\s*\))/g;
/** A definition of one: `[name]: address`. */
const DEFINITION = /^( {0,3}\[[^\]]+\]:\s*)<?([^\s<>]+)>?/;

/** `base` is the address below which the files of the repository lie, with a slash at its end. */
export function readable(text: string, base: string): string {
  const out: string[] = [];
  let blank = false;
  for (const { line, code } of lines(withoutBlocks(withoutFrontMatter(text.replace(/\r\n?/g, '\n'))))) {
    if (code) {
      out.push(line);
      blank = false;
      continue;
    }
    const plain = withoutHtml(line, base)
      .replace(
        LINK,
        (_, before: string, href: string, after: string) => `${before}${resolveLink(href, base)}${after}`,
      )
      .replace(DEFINITION, (_, before: string, href: string) => `${before}${resolveLink(href, base)}`);
    // What held only tags leaves no gap, and indentation that came with it is not meant as code.
    const bare = plain !== line && plain.trim() === '' ? '' : line.includes('<') ? plain.trimStart() : plain;
    if (bare.trim() === '' && blank) continue;
    blank = bare.trim() === '';
    out.push(bare);
  }
  return out.join('\n').trim();
}

/** The beginning of a long text, up to the end of a paragraph; `null` where the whole is not much longer. */
export function folded(text: string, most = FOLDED_LINES): string | null {
  const all = [...lines(text)];
  if (all.length <= most * 1.5) return null;
  let end = all.findIndex(({ line, code }, index) => index >= most && !code && line.trim() === '');
  if (end === -1 || end > most * 2) end = most;
  const kept = all.slice(0, end);
  const open = kept.at(-1)?.code === true && all[end]?.code === true;
  const fence = open ? kept.findLast(({ line }) => FENCE.test(line))?.line.trim() : undefined;
  const mark = fence && FENCE.exec(fence)?.[1];
  return [...kept.map(({ line }) => line), ...(mark ? [mark] : [])].join('\n');
}
