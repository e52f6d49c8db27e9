// The clipboard, in one place: the modern way, and the old one where the web view denies it.

/** Puts text on the clipboard; `false` if the system did not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

function copyThroughSelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.setAttribute('readonly', '');
  field.className = 'visually-hidden';
  field.style.position = 'fixed';
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  // The only other way there is; it is deprecated, not gone.
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
