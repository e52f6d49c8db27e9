// Which example the person looked at last: kept while other pages are shown.

import type { Family, Language } from './snippets';

class Chosen {
  family = $state<Family>('openai');
  language = $state<Language>('python');
}

export const chosen = new Chosen();
