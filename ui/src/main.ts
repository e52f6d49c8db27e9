// The beginning: colours as last time, then the host, then the window.
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './app.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { applyRememberedTheme } from './data/theme';
import { StartupError } from './features/frame';
import { connectHost, HostError } from './host';

applyRememberedTheme();

const target = document.getElementById('app');
if (!target) throw new Error('The page has no element "app".');

connectHost().then(
  () => mount(App, { target }),
  (thrown: unknown) =>
    mount(StartupError, {
      target,
      props: { error: HostError.from(thrown).info, onretry: () => location.reload() },
    }),
);
