// What a reader sees while an answer is written: it only grows, no marker flashes, and blocks above the last stay.

import { beforeEach, describe, expect, it } from 'vitest';

import { DocumentRenderer } from './document';
import type { Block } from './types';

let renderer: DocumentRenderer;

beforeEach(() => {
  renderer = new DocumentRenderer();
});

async function blocks(text: string, streaming = false, now = 0): Promise<Block[]> {
  return (await renderer.render({ id: 'm', text, streaming }, now)).blocks;
}

function htmlOf(list: Block[]): string {
  return list
    .map((block) => (block.kind === 'html' ? block.html : `<pre>${block.chunks.join('')}</pre>`))
    .join('\n');
}

function words(html: string): string {
  const page = document.createElement('div');
  page.innerHTML = html;
  return page.textContent ?? '';
}

async function html(text: string): Promise<string> {
  return htmlOf(await blocks(text));
}

/** What the answer says, without what we put around it: buttons, language names, image cards, set formulas. */
function said(list: Block[]): string {
  const page = document.createElement('div');
  page.innerHTML = htmlOf(list);
  for (const ours of page.querySelectorAll('button, .code-language, .image-card, .katex')) ours.remove();
  return page.textContent ?? '';
}

/** Letters and digits only: spaces and line ends come and go with the blocks. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

const DOCUMENTS: Record<string, { text: string; never: RegExp }> = {
  emphasis: {
    text: 'Some **bold words** and *slanted ones*, ***both***, ~~gone~~ and `code` in **a `b` c** end.\n\nNext.',
    never: /[*~`_]/,
  },
  lists: {
    text: 'First:\n\n- one\n- **two** things\n  - nested `x`\n  - nested too\n\nThen:\n\n1. alpha\n2. beta\n   more of it\n3. gamma\n\n- [ ] open\n- [x] done',
    never: /[-*`[\]]|\d/,
  },
  table: {
    text: 'Here:\n\n| Way | Read | Write |\n|-----|:----:|------:|\n| Index | fast | `slow` |\n| Store **it** | fast | same |\n\nDone.',
    never: /[|*`-]/,
  },
  links: {
    text: 'See [the manual](https://example.org/a_b) and [another one](https://example.org/c "title"), or ![a map](https://example.org/x.png) here.',
    never: /[[\]!]|\]\(/,
  },
  headings: {
    text: '# Title\n\nWords.\n\n## Second **part**\n\nMore\n\n---\n\n> A quotation\n> goes on\n\nEnd.',
    never: /[#>*-]/,
  },
  code: {
    text: 'Look:\n\n```python\ndef add(a, b):\n    return a + b\n```\n\nand\n\n1. Run:\n\n   ```sh\n   ls\n   ```\n\n2. Done',
    never: /`|python|\d/,
  },
  formulas: {
    text: 'Euler: $e^{i\\pi} + 1 = 0$ and \\(a^2\\) too, but $5 is a price.\n\nThen \\[ x \\] ends.',
    never: /\\|\^|\(/,
  },
};

describe('an answer that is being written', () => {
  for (const [name, { text, never }] of Object.entries(DOCUMENTS)) {
    it(`shows no marker on its way: ${name}`, async () => {
      for (let end = 1; end <= text.length; end += 1) {
        const seen = said(await blocks(text.slice(0, end), true));
        expect(seen, `after ${JSON.stringify(text.slice(0, end))}`).not.toMatch(never);
      }
    });

    it(`only grows: ${name}`, async () => {
      if (name === 'formulas') return;
      let before = '';
      for (let end = 1; end <= text.length; end += 1) {
        const seen = letters(said(await blocks(text.slice(0, end), true)));
        expect(
          seen.startsWith(before),
          `${JSON.stringify(before)} became ${JSON.stringify(seen)} at ${JSON.stringify(text.slice(0, end))}`,
        ).toBe(true);
        before = seen;
      }
    });

    it(`keeps every block above the last as it is: ${name}`, async () => {
      let before: Block[] = [];
      for (let end = 1; end <= text.length; end += 1) {
        const now = await blocks(text.slice(0, end), true);
        for (const [index, block] of before.slice(0, -1).entries()) {
          expect(now[index]?.key, 'its key stays').toBe(block.key);
          expect(JSON.stringify(now[index]), `block ${index} at ${end}`).toBe(JSON.stringify(block));
        }
        before = now;
      }
    });

    it(`ends as it would have been rendered at once: ${name}`, async () => {
      for (let end = 1; end <= text.length; end += 9) await blocks(text.slice(0, end), true);
      const grown = await blocks(text);
      expect(grown).toEqual(
        (await new DocumentRenderer().render({ id: 'n', text, streaming: false }, 0)).blocks,
      );
    });
  }

  it('carries one caret, behind the last letter', async () => {
    for (const text of [
      'Hi',
      '- a\n- b',
      '> q',
      '| a | b |\n|---|---|\n| c',
      '```js\nlet x',
      '# T',
      '- a\n\n  ```\n  x',
      '',
    ]) {
      const seen = htmlOf(await blocks(text, true));
      expect(seen.match(/class="caret"/g), text).toHaveLength(1);
    }
    expect(htmlOf(await blocks('- a\n- b', true))).toMatch(/b<span class="caret"/);
    expect(htmlOf(await blocks('Done.'))).not.toContain('caret');
  });

  it('shows an open code block at once, without its closing fence', async () => {
    const [block] = await blocks('```rust\nfn main() {\n``', true);
    expect(block).toMatchObject({ kind: 'code', language: 'rust' });
    expect(words(htmlOf(block ? [block] : []))).toBe('fn main() {');
  });

  it('colours an open code block as a whole at most every 100 ms, and loses no letter in between', async () => {
    const start = '```js\nconst a = 1\n/* why\n   not';
    const colours = (list: Block[]): number => htmlOf(list).match(/hljs-keyword/g)?.length ?? 0;
    await blocks(start, true, 0);
    const soon = await blocks(`${start} */\nconst b = 2\n`, true, 50);
    const later = await blocks(`${start} */\nconst b = 2\n`, true, 150);
    expect([colours(soon), colours(later)], 'still a comment for a moment').toEqual([1, 2]);
    expect(words(htmlOf(soon))).toBe(words(htmlOf(later)));
  });

  it('colours a new line of code at once', async () => {
    await blocks('```js\nconst a = 1\n', true, 0);
    expect(htmlOf(await blocks('```js\nconst a = 1\nconst b', true, 10)).match(/hljs-keyword/g)).toHaveLength(
      2,
    );
  });

  it('sets a formula that is only half there, or keeps its last good reading', async () => {
    const half = htmlOf(await blocks('$$\n\\frac{a}{b', true));
    expect(half).toContain('katex');
    const worse = htmlOf(await blocks('$$\n\\frac{a}{b} + \\fra', true));
    expect(worse).toContain('katex');
    expect(words(worse)).not.toContain('\\fra');
  });
});

describe('a finished text', () => {
  it('keeps prices and shell variables as they are', async () => {
    for (const text of [
      'Tea is $5 and cake $6.',
      'Between $5-$10, or 5$.',
      'Set $HOME or $PATH first.',
      'It costs $1,200 a year, or $100.',
    ]) {
      expect(words(await html(text)).trim()).toBe(text);
    }
  });

  it('sets formulas of all four kinds', async () => {
    for (const text of [
      '$x^2$',
      'so \\(x\\) is',
      '$$\nx\n$$',
      '\\[\nx\n\\]',
      'with $$x$$ inside',
      '- in a list: $n$',
    ]) {
      expect(await html(text), text).toContain('katex');
    }
  });

  it('shows a formula that cannot be set as it was written', async () => {
    expect(words(await html('$\\nosuchthing{x}$'))).toContain('\\nosuchthing{x}');
  });

  it('gives a code block its language, its text and its colours', async () => {
    const [block] = await blocks('```SQL\nSELECT 1;\n```');
    expect(block).toMatchObject({ kind: 'code', language: 'SQL', text: 'SELECT 1;' });
    expect(htmlOf(block ? [block] : [])).toContain('hljs-keyword');
  });

  it('colours code inside a list', async () => {
    expect(await html('1. x\n\n   ```python\n   def f(): pass\n   ```')).toContain('hljs-keyword');
  });

  it('keeps what stands around tags that models like', async () => {
    expect(await html('a<br>b')).toBe('<p>a<br>b</p>\n');
    expect(words(await html('<details>\n<summary>More</summary>\n\n**x**\n</details>'))).toContain(
      '<summary>More</summary>',
    );
    expect(await html('<div>\n\n**x**\n\n</div>')).toContain('<strong>x</strong>');
  });

  it('reads a rule under words as a rule', async () => {
    expect(await html('Words\n---\nmore')).toBe('<p>Words</p>\n\n<hr>\n\n<p>more</p>\n');
  });

  it('resolves links whose address stands elsewhere', async () => {
    expect(await html('See [it][1].\n\n[1]: https://example.org/x')).toContain(
      'href="https://example.org/x"',
    );
  });

  it('shows where a link that is not opened would have led', async () => {
    expect(words(await html('[x](http://example.org)'))).toContain('x (http://example.org)');
  });
});
