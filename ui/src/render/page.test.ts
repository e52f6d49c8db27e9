// What touches the page: patching keeps what need not change, links never navigate, copy buttons copy code only.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { morph } from './morph';
import { installPageActions } from './pageActions';
import { place, placeChunks } from './place';
import { safeFragment } from './sanitise';

function element(html: string): HTMLElement {
  const node = document.createElement('div');
  node.innerHTML = html;
  document.body.replaceChildren(node);
  return node;
}

describe('patching', () => {
  it('keeps the nodes that stay the same', () => {
    const page = element('<p>one</p><p>two</p>');
    const [first, second] = page.children;
    morph(page, element('<p>one</p><p>two <b>more</b></p><p>three</p>'));
    expect(page.innerHTML).toBe('<p>one</p><p>two <b>more</b></p><p>three</p>');
    expect(page.children[0]).toBe(first);
    expect(page.children[1], 'patched, not replaced').toBe(second);
  });

  it('replaces, removes and changes attributes', () => {
    const page = element('<p class="a" title="t">one</p><ul><li>x</li></ul>gone');
    morph(page, element('<p class="b">one!</p><table></table>'));
    expect(page.innerHTML).toBe('<p class="b">one!</p><table></table>');
  });

  it('lets a selection in a growing paragraph stand', () => {
    const page = element('<p>hello wor</p>');
    const text = page.querySelector('p')?.firstChild;
    morph(page, element('<p>hello world</p>'));
    expect(page.querySelector('p')?.firstChild).toBe(text);
  });

  it('reads nothing again that stands there already', () => {
    const page = element('');
    place('<p>one</p>')(page);
    const read = vi.spyOn(DOMParser.prototype, 'parseFromString');
    place('<p>one</p>')(page);
    expect(read, 'a growing answer costs its last block only').not.toHaveBeenCalled();
    place('<p>one more</p>')(page);
    expect(read).toHaveBeenCalled();
    expect(page.textContent).toBe('one more');
    read.mockRestore();
  });

  it('patches only the chunks that changed', () => {
    const code = element('');
    placeChunks(['<span class="hljs-keyword">let</span> a\n', 'b'])(code);
    const first = code.children[0]?.firstChild;
    placeChunks(['<span class="hljs-keyword">let</span> a\n', 'bc', 'd'])(code);
    expect(code.textContent).toBe('let a\nbcd');
    expect(code.children[0]?.firstChild).toBe(first);
    placeChunks(['x'])(code);
    expect(code.textContent).toBe('x');
  });
});

describe('the purifier', () => {
  it('lets nothing through that the renderer does not print', () => {
    const page = element('');
    page.append(
      safeFragment(
        '<p onclick="x()" id="a">a<script>1</script><a href="javascript:1" target="_blank">b</a><img src="https://x.example/">' +
          '<input autofocus><button formaction="x">c</button><button type="submit">d</button><span style="position:fixed">e</span></p>',
      ),
    );
    expect(page.innerHTML).toBe('<p>a<a>b</a><img><span>e</span></p>');
  });

  it('keeps the measures of a formula and nothing else of its style', () => {
    const page = element('');
    page.append(
      safeFragment(
        '<span class="katex"><span style="height:1.2em;vertical-align:-0.25em;background:url(x);position:fixed"></span></span>',
      ),
    );
    expect(page.querySelector('[style]')?.getAttribute('style')).toBe('height:1.2em;vertical-align:-0.25em');
  });
});

describe('links', () => {
  const opened = vi.fn<(url: string) => void>();
  let undo: () => void;

  beforeEach(() => {
    opened.mockClear();
    undo = installPageActions(document, opened);
  });

  afterEach(() => undo());

  function clickOn(page: Element, event: MouseEvent): boolean {
    return (page.querySelector('a, button') ?? page).dispatchEvent(event);
  }

  const click = (init: MouseEventInit = {}): MouseEvent =>
    new MouseEvent('click', { bubbles: true, cancelable: true, ...init });

  it('open in the browser of the system, however they are clicked', () => {
    for (const event of [
      click(),
      click({ ctrlKey: true }),
      new MouseEvent('auxclick', { bubbles: true, cancelable: true, button: 1 }),
    ]) {
      const page = element(
        '<div class="markdown"><a href="https://example.org/" target="_blank"><b>x</b></a></div>',
      );
      expect(clickOn(page, event), 'the window must not follow it').toBe(false);
    }
    expect(opened.mock.calls).toEqual([
      ['https://example.org/'],
      ['https://example.org/'],
      ['https://example.org/'],
    ]);
  });

  it('of other kinds open nothing', () => {
    for (const href of [
      'javascript:1',
      'http://example.org',
      'file:///etc/passwd',
      '#/settings',
      'data:text/html,x',
      '/x',
    ]) {
      const page = element('<div class="markdown"><a>x</a></div>');
      page.querySelector('a')?.setAttribute('href', href);
      expect(clickOn(page, click()), href).toBe(false);
    }
    expect(opened).not.toHaveBeenCalled();
  });

  it('leave the routes of the application alone', () => {
    expect(clickOn(element('<nav><a href="#/settings">x</a></nav>'), click())).toBe(true);
    expect(opened).not.toHaveBeenCalled();
  });

  it('cannot be dragged onto the window', () => {
    const page = element('<div class="markdown"><a href="https://example.org/">x</a></div>');
    const drag = new Event('dragstart', { bubbles: true, cancelable: true });
    expect(page.querySelector('a')?.dispatchEvent(drag)).toBe(false);
  });

  it('into the same text lead to their heading', () => {
    const page = element('<div class="markdown"></div>');
    const text = page.firstElementChild;
    if (text) place('<h4>Second part!</h4><a href="#second-part">x</a>')(text);
    const heading = page.querySelector('h4');
    const scrolled = vi.fn<() => void>();
    if (heading) heading.scrollIntoView = scrolled;
    page.querySelector('a')?.dispatchEvent(click());
    expect(scrolled).toHaveBeenCalledOnce();
  });

  it('do not keep a copy button from copying the code and only the code', async () => {
    const written = vi.fn<(text: string) => Promise<void>>().mockResolvedValue();
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
    const page = element(
      '<div class="code"><div class="code-head">js<button type="button" data-copy="">Copy</button></div><pre><code>a\nb</code></pre></div>',
    );
    clickOn(page, click());
    await vi.waitFor(() => expect(page.querySelector('button')?.textContent).toBe('Copied'));
    expect(written).toHaveBeenCalledWith('a\nb');
  });
});
