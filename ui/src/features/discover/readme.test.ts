import { describe, expect, it } from 'vitest';

import { folded, readable, resolveLink } from './readme';

const BASE = 'https://huggingface.co/Qwen/Qwen3/blob/abc/';
const read = (text: string) => readable(text, BASE);

describe('a card', () => {
  it('leads to the files of its repository', () => {
    expect(read('See [notes](docs/N.md "Notes") and [x](/LICENSE).')).toBe(
      `See [notes](${BASE}docs/N.md "Notes") and [x](${BASE}LICENSE).`,
    );
    expect(read('[a][b]\n\n[b]: docs/N.md')).toContain(`[b]: ${BASE}docs/N.md`);
  });

  it('leaves other links as they are', () => {
    for (const text of ['[a](https://example.org/x)', '[a](#usage)', '[a](mailto:a@example.org)'])
      expect(read(text)).toBe(text);
    expect(read('[a](javascript:alert(1))'), 'the renderer refuses it').toBe('[a](javascript:alert(1))');
    expect(read('[a](//evil.example/x)')).toBe('[a](//evil.example/x)');
  });

  it('does not lead out of its repository', () => {
    expect(resolveLink('../../../../evil', BASE)).toBe('../../../../evil');
    expect(resolveLink('./docs/../a.md', BASE)).toBe(`${BASE}a.md`);
  });

  it('has its HTML turned into words, and its settings left out', () => {
    const text = `---
license: apache-2.0
---
<!-- a
comment -->
<p align="center">
    <img src="https://canary.example/x.png"
         width="40"/>
</p>

<h2>Usage</h2>
<div>It is <b>small</b>, see <a href="docs/N.md">notes</a>.</div>
<style>p { color: red }</style>`;
    expect(read(text)).toBe(`## Usage\nIt is **small**, see [notes](${BASE}docs/N.md).`);
  });

  it('keeps code as it is', () => {
    const text = '```html\n<p align="center">[x](y)</p>\n\n\n<img src="a">\n```';
    expect(read(text)).toBe(text);
  });

  it('keeps what only looks like HTML', () => {
    expect(read('if a < b and c > d')).toBe('if a < b and c > d');
    expect(read('the token <|im_start|>')).toBe('the token <|im_start|>');
  });

  it('does not hold the window up, however it was made', () => {
    // A pattern that explodes runs into the limit of the test.
    for (const evil of [
      '<a '.repeat(20_000),
      '['.repeat(50_000),
      '](x '.repeat(20_000),
      '<!--'.repeat(20_000),
      '<a>'.repeat(20_000),
      `](x${' '.repeat(20_000)}`,
    ])
      expect(read(evil)).toBeTypeOf('string');
  });
});

describe('a long card', () => {
  const long = Array.from({ length: 200 }, (_, index) => (index % 4 === 3 ? '' : `line ${index}`)).join('\n');

  it('is cut at the end of a paragraph', () => {
    const beginning = folded(long) ?? '';
    expect(beginning.split('\n').length).toBeLessThan(50);
    expect(long.startsWith(beginning)).toBe(true);
    expect(beginning.endsWith('line 42')).toBe(true);
  });

  it('that is not much longer is shown whole', () => {
    expect(folded(long.split('\n').slice(0, 55).join('\n'))).toBeNull();
  });

  it('is not cut open in a block of code', () => {
    const code = ['```py', ...Array.from({ length: 300 }, () => 'x = 1'), '```', 'end'].join('\n');
    const beginning = folded(code) ?? '';
    expect(beginning.endsWith('x = 1\n```')).toBe(true);
  });
});
