// Whether everyone can read the words: every text on every ground that it stands on, computed from the tokens.
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const css = readFileSync('src/styles/tokens.css', 'utf8');

/** What the WCAG ask of text that is not large. */
const ENOUGH = 4.5;
/** What they ask of icons and the bounds of fields. */
const ENOUGH_FOR_SHAPES = 3;

const GROUNDS = ['page', 'surface', 'sunken', 'tint'];
const CODE = ['comment', 'keyword', 'name', 'string', 'number', 'added', 'removed'].map(
  (kind) => `code-${kind}`,
);

type Colour = [number, number, number];

function tokens(theme: string): Map<string, string> {
  const start = css.indexOf(`:root[data-theme='${theme}'] {`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** A colour as it looks over a ground; the tokens are written as #rrggbb, #rgb and rgb(r g b / a%). */
function read(value: string, ground: Colour = [0, 0, 0]): Colour {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(value)?.[1];
  if (hex) {
    const long = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((at) => parseInt(long.slice(at, at + 2), 16)) as Colour;
  }
  const veil = /^rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)%\)$/.exec(value);
  if (!veil) throw new Error(`a colour written in another way: ${value}`);
  const alpha = Number(veil[4]) / 100;
  return ground.map((under, at) => Number(veil[at + 1]) * alpha + under * (1 - alpha)) as Colour;
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Colour, other: Colour): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  const all = tokens(theme);
  const token = (name: string, ground?: Colour) => {
    const value = all.get(name);
    if (value === undefined) throw new Error(`--${name} is missing in the ${theme} theme`);
    return read(value, ground);
  };
  const tooFaint = (pairs: [text: string, ground: string, over?: string][], enough: number) =>
    pairs
      .map(([text, ground, over]) => {
        const below = over ? token(over, token(ground)) : token(ground);
        return {
          pair: [text, ground, over].filter(Boolean).join(' on '),
          ratio: contrast(token(text), below),
        };
      })
      .filter(({ ratio }) => ratio < enough);
  const each = (texts: string[], grounds: string[], over?: string) =>
    texts.flatMap((text) => grounds.map((ground): [string, string, string?] => [text, ground, over]));

  it('all words can be read on all grounds', () => {
    const texts = ['text', 'muted', 'ember-text', 'good', 'warn', 'bad', ...CODE];
    expect(tooFaint(each(texts, GROUNDS), ENOUGH)).toEqual([]);
  });

  it('words stay readable under the mouse', () => {
    const grounds = ['page', 'surface', 'sunken'];
    const texts = ['text', 'muted', 'ember-text', 'good', 'warn', 'bad'];
    expect(tooFaint(each(texts, grounds, 'hover'), ENOUGH)).toEqual([]);
    expect(tooFaint(each(['text'], GROUNDS, 'press'), ENOUGH)).toEqual([]);
  });

  it('words on colour can be read', () => {
    const pairs: [string, string][] = [
      ['on-ember', 'ember'],
      ['on-ember', 'ember-deep'],
      ['on-bad', 'bad'],
      ['page', 'text'],
      ['ember', 'page'],
      ['ember', 'surface'],
    ];
    expect(tooFaint(pairs, ENOUGH)).toEqual([]);
  });

  it('icons, the thumb of a slider and the focus ring can be seen', () => {
    expect(tooFaint(each(['ember', 'muted'], GROUNDS), ENOUGH_FOR_SHAPES)).toEqual([]);
  });
});
