// Makes what stands in the page equal to what should stand there, and touches only what differs: a selection, a
// scrolled code block and a hovered button survive while the block they are in grows.

/** Gives `parent` the children of `wanted`, which is emptied. */
export function morph(parent: Element, wanted: ParentNode & Node): void {
  let here = parent.firstChild;
  let there = wanted.firstChild;
  while (there) {
    const next: ChildNode | null = there.nextSibling;
    if (!here) parent.append(there);
    else {
      const following: ChildNode | null = here.nextSibling;
      if (!here.isEqualNode(there)) patch(here, there);
      here = following;
    }
    there = next;
  }
  while (here) {
    const following: ChildNode | null = here.nextSibling;
    here.remove();
    here = following;
  }
}

function patch(here: ChildNode, there: ChildNode): void {
  if (here instanceof Text && there instanceof Text) {
    const from = here.data;
    // Adding keeps a selection that reaches to the end; setting would collapse it.
    if (there.data.startsWith(from)) here.appendData(there.data.slice(from.length));
    else here.data = there.data;
  } else if (here instanceof Element && there instanceof Element && here.tagName === there.tagName) {
    for (const { name } of [...here.attributes]) if (!there.hasAttribute(name)) here.removeAttribute(name);
    for (const { name, value } of there.attributes)
      if (here.getAttribute(name) !== value) here.setAttribute(name, value);
    morph(here, there);
  } else here.replaceWith(there);
}
