// The last gate before the page. The workers already print nothing but these elements and escape all the rest; this
// makes sure of it on the very string that goes into the DOM, where the browser's own parser has the last word.

import DOMPurify from 'dompurify';

import { safeDataImage, safeLink } from './escape';

const TAGS =
  'p br strong em del code pre span div a img h3 h4 h5 h6 ul ol li blockquote hr table thead tbody tr th td button svg path line';

const ATTRIBUTES =
  'href title class src alt role aria-label aria-hidden type start data-copy style ' +
  'viewBox preserveAspectRatio d width height x1 x2 y1 y2 stroke-width';

/** What KaTeX sets on its boxes: sizes and places, no address and no `fixed`. */
const STYLE =
  /^(?:(?:height|width|min-width|max-width|vertical-align|top|left|right|bottom|margin(?:-\w+)?|padding(?:-\w+)?|border-(?:\w+-)?width)\s*:\s*-?[\d.]+(?:em|ex|px|mu|%)?|position\s*:\s*relative|border-(?:\w+-)?style\s*:\s*solid|(?:background-|border-)?color\s*:\s*(?:#[0-9a-f]{3,8}|[a-z]+))$/i;

function safeStyle(style: string): string {
  return style
    .split(';')
    .map((declaration) => declaration.trim())
    .filter((declaration) => STYLE.test(declaration))
    .join(';');
}

let purifier: typeof DOMPurify | null = null;

/** The purifier of this page, with its own rules; other users of the library are not touched. */
function purify(): typeof DOMPurify {
  if (purifier) return purifier;
  const own = DOMPurify(window);
  own.addHook('uponSanitizeAttribute', (node, data) => {
    const keep = (value: string | null): void => {
      if (value === null || value === '') data.keepAttr = false;
      else data.attrValue = value;
    };
    const tag = node.nodeName.toLowerCase();
    if (data.attrName === 'href') keep(tag === 'a' ? safeLink(data.attrValue) : null);
    else if (data.attrName === 'src') keep(tag === 'img' ? safeDataImage(data.attrValue) : null);
    else if (data.attrName === 'style') keep(node.closest('.katex') ? safeStyle(data.attrValue) : null);
    else if (data.attrName === 'type') keep(tag === 'button' ? 'button' : null);
  });
  own.addHook('afterSanitizeAttributes', (node) => {
    if (node.nodeName.toLowerCase() === 'button' && !node.hasAttribute('data-copy')) node.remove();
  });
  // Set once: reading the rules takes longer than reading a paragraph.
  own.setConfig({
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOW_UNKNOWN_PROTOCOLS: false,
    RETURN_DOM_FRAGMENT: true,
  });
  purifier = own;
  return own;
}

/** HTML of a worker as nodes that are safe to insert. */
export function safeFragment(html: string): DocumentFragment {
  // The rules say what comes back; the library's types only know rules that are given with each call.
  return purify().sanitize(html) as unknown as DocumentFragment;
}
