// Whether the panel with a chat's settings is open: the same for all chats, and still so at the next start.

const KEY = 'inglenook.inspector';

class Inspector {
  open = $state(read());

  toggle(): void {
    this.open = !this.open;
    try {
      localStorage.setItem(KEY, this.open ? 'open' : 'closed');
    } catch {
      // A window without storage forgets it; nothing else depends on it.
    }
  }
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) === 'open';
  } catch {
    return false;
  }
}

export const inspector = new Inspector();
