// How the person left the table of models: kept while other pages are shown.

import { pressed, type Sort, type SortColumn } from './sorting';

class Mine {
  filter = $state('');
  sort = $state.raw<Sort>({ by: 'name', descending: false });

  /** A heading was pressed. */
  sortBy(column: SortColumn): void {
    this.sort = pressed(this.sort, column);
  }
}

export const mine = new Mine();
