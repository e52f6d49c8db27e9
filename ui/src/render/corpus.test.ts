// Every payload of the corpus, whole and cut at every letter, through the real pipeline into a real DOM.

import { describe, expect, it } from 'vitest';

import { CORPUS, MARK } from './corpus';
import { DocumentRenderer } from './document';
import { safeFragment } from './sanitise';

const ALLOWED = new Set(
  (
    'p br strong em del code pre span div a img h3 h4 h5 h6 ul ol li blockquote hr table thead tbody tr th td button ' +
    'svg path line'
  ).split(' '),
);

async function shown(text: string, streaming: boolean, renderer: DocumentRenderer): Promise<HTMLElement> {
  const { blocks } = await renderer.render({ id: 'm', text, streaming }, 0);
  const page = document.createElement('div');
  document.body.replaceChildren(page);
  for (const block of blocks) {
    for (const html of block.kind === 'html' ? [block.html] : block.chunks) page.append(safeFragment(html));
  }
  return page;
}

function expectInert(page: HTMLElement, why: string): void {
  for (const element of page.querySelectorAll('*')) {
    const tag = element.nodeName.toLowerCase();
    expect(ALLOWED.has(tag), `${why}: <${tag}> reached the page`).toBe(true);
    for (const { name, value } of element.attributes) {
      expect(
        /^on|^srcset$|^srcdoc$|^formaction$|^ping$|^id$|^name$|^target$/i.test(name),
        `${why}: ${name}=${value}`,
      ).toBe(false);
      if (name === 'href') expect(value, why).toMatch(/^(?:https:\/\/|mailto:|#)/);
      if (name === 'src') expect(value, why).toMatch(/^data:image\/(?:png|jpeg|gif|webp|avif);base64,/);
      if (name === 'style') expect(value, why).not.toMatch(/url|fixed|absolute|expression|@/i);
    }
  }
  expect(Reflect.get(window, MARK), `${why}: it ran`).toBeUndefined();
}

describe('the corpus', () => {
  for (const { name, text } of CORPUS) {
    it(`renders “${name}” inert`, async () => {
      expectInert(await shown(text, false, new DocumentRenderer()), name);
    });

    it(`renders “${name}” inert at every letter`, async () => {
      const renderer = new DocumentRenderer();
      // Long texts are the same letter again and again; every seventh cut is enough there.
      const step = text.length > 400 ? 7 : 1;
      for (let end = 1; end <= text.length; end += step) {
        expectInert(await shown(text.slice(0, end), true, renderer), `${name}, cut at ${end}`);
      }
    });
  }

  it('shows raw HTML as the words it is made of', async () => {
    const page = await shown('A <b>bold</b> <script>x</script>', false, new DocumentRenderer());
    expect(page.textContent).toContain('A <b>bold</b> <script>x</script>');
  });

  it('offers a remote image as a card that says where it is from', async () => {
    const page = await shown('![a map](https://example.org/map.png)', false, new DocumentRenderer());
    expect(page.querySelector('img'), 'nothing is fetched').toBeNull();
    expect(page.querySelector('.image-from')?.textContent).toBe('Image from example.org');
    expect(page.querySelector('a')?.getAttribute('href')).toBe('https://example.org/map.png');
  });

  it('shows a picture that lies in the text', async () => {
    const page = await shown('![dot](data:image/png;base64,iVBORw0KGgo=)', false, new DocumentRenderer());
    expect(page.querySelector('img')?.getAttribute('alt')).toBe('dot');
  });
});
