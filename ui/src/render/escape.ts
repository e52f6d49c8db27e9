// The two places where a string from a model meets HTML: text and addresses.

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML text or as the value of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * An address that a click may open, or `null`. Only these three kinds exist here; the host checks again before it
 * hands one to the system.
 */
export function safeLink(href: string): string | null {
  // What browsers skip when they read a scheme must not hide one from us: spaces, control and formatting characters.
  const address = href.replace(/[\s\p{Cc}\p{Cf}]/gu, '');
  if (/^#[^\s]+$/.test(address)) return address;
  if (/^mailto:[^\s@]+@[^\s]+$/i.test(address)) return address;
  if (!/^https:\/\//i.test(address)) return null;
  try {
    const url = new URL(address);
    // A name before the host exists only to look like another host.
    return url.protocol === 'https:' && url.username === '' && url.password === '' ? url.href : null;
  } catch {
    return null;
  }
}

/** Image types that cannot carry a script. */
const DATA_IMAGE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[a-z0-9+/=]+$/i;

/** A picture that lies in the text itself; anything else would be fetched from somewhere. */
export function safeDataImage(href: string): string | null {
  return DATA_IMAGE.test(href) ? href : null;
}
