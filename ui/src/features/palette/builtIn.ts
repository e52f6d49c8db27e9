// The actions that belong to no feature: going somewhere, the theme, the frame.
import Boxes from '@lucide/svelte/icons/boxes';
import Download from '@lucide/svelte/icons/download';
import Moon from '@lucide/svelte/icons/moon';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import SquarePen from '@lucide/svelte/icons/square-pen';
import Sun from '@lucide/svelte/icons/sun';
import SunMoon from '@lucide/svelte/icons/sun-moon';

import { toastError } from '../../components/ui';
import type { Theme } from '../../contract/bindings';
import { saveSettings } from '../../data';
import { HostError } from '../../host';
import { openChat, openModels, openSettings, router } from '../../router';
import { t } from '../../words/en';
import { frame } from '../frame';
import { registerAction, type Action } from './actions.svelte';

function theme(choice: Theme): () => void {
  return () => {
    saveSettings({ theme: choice }).catch((thrown: unknown) => toastError(HostError.from(thrown).info));
  };
}

const BUILT_IN: Action[] = [
  { id: 'chat.new', label: t.palette.newChat, shortcut: 'Mod+N', icon: SquarePen, run: () => openChat(null) },
  { id: 'models.open', label: t.palette.openModels, icon: Boxes, run: () => openModels() },
  {
    id: 'models.discover',
    label: t.palette.discoverModels,
    keywords: ['search', 'hub', 'download'],
    icon: Search,
    run: () => openModels('discover'),
  },
  {
    id: 'models.downloads',
    label: t.palette.openDownloads,
    icon: Download,
    run: () => openModels('downloads'),
  },
  {
    id: 'settings.open',
    label: t.palette.openSettings,
    shortcut: 'Mod+,',
    icon: Settings,
    run: () => openSettings(),
  },
  {
    id: 'frame.sidebar',
    label: t.palette.toggleSidebar,
    shortcut: 'Mod+B',
    icon: PanelLeft,
    applies: () => router.route.page === 'chat',
    run: () => frame.toggleSidebar(),
  },
  {
    id: 'theme.light',
    label: t.palette.themeLight,
    keywords: ['colours', 'appearance'],
    icon: Sun,
    run: theme('light'),
  },
  {
    id: 'theme.dark',
    label: t.palette.themeDark,
    keywords: ['colours', 'appearance'],
    icon: Moon,
    run: theme('dark'),
  },
  {
    id: 'theme.system',
    label: t.palette.themeSystem,
    keywords: ['colours'],
    icon: SunMoon,
    run: theme('system'),
  },
];

/** Makes them known; the returned function takes them back. */
export function registerBuiltIn(): () => void {
  const undo = BUILT_IN.map(registerAction);
  return () => {
    for (const take of undo) take();
  };
}
