// Each notice in words.
import type { Notice } from '../../contract/bindings';
import { t } from '../../words/en';

export function noticeWords(notice: Notice): { title: string; text: string } {
  switch (notice.kind) {
    case 'database_set_aside':
      return { title: t.notices.databaseTitle, text: t.notices.database(notice.path) };
    case 'settings_set_aside':
      return { title: t.notices.settingsTitle, text: t.notices.settings(notice.path) };
    case 'data_moved':
      return { title: t.notices.movedTitle, text: t.notices.moved(notice.from) };
    case 'data_not_moved':
      return { title: t.notices.notMovedTitle, text: notice.error.message };
  }
}
