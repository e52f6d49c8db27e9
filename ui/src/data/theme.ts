// Light or dark, and the size of the text in chats, written on <html> where the style sheet reads them.
import type { Settings, Theme } from '../contract/bindings';

const DARK = '(prefers-color-scheme: dark)';

/** Kept so that the next start does not begin with the wrong colours while the settings are on their way. */
const REMEMBERED = 'inglenook.theme';

/** What the choice means on a system that is dark or not. */
export function resolveTheme(theme: Theme, systemIsDark: boolean): 'light' | 'dark' {
  if (theme === 'system') return systemIsDark ? 'dark' : 'light';
  return theme;
}

let chosen: Theme = 'system';
let listening = false;

function paint(): void {
  document.documentElement.dataset['theme'] = resolveTheme(chosen, matchMedia(DARK).matches);
}

/** Shows this choice now, and follows the system where it says so. */
export function applyTheme(theme: Theme): void {
  chosen = theme;
  try {
    localStorage.setItem(REMEMBERED, theme);
  } catch {
    // A browser that keeps nothing shows the system's colours first, which is no harm.
  }
  paint();
  if (!listening) {
    listening = true;
    matchMedia(DARK).addEventListener('change', paint);
  }
}

/** The choice of the last time, before the settings are known. */
export function applyRememberedTheme(): void {
  const remembered = readRemembered();
  applyTheme(remembered === 'light' || remembered === 'dark' ? remembered : 'system');
}

function readRemembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

/** Everything that the settings say about appearance. */
export function applyAppearance(settings: Pick<Settings, 'theme' | 'text_size'>): void {
  applyTheme(settings.theme);
  document.documentElement.style.setProperty('--chat-size', `${settings.text_size}px`);
}
