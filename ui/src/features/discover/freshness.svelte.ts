// What the hub said holds for whoever asked it there: another token or another address, and it is asked again.
import { keys, queryClient, useSettings, useToken } from '../../data';

/** Who asked, and where, when cards and rows were fetched. */
let known: string | null = null;

/** For a component: forgets what was said to somebody else. */
export function useFreshness(): void {
  const token = useToken();
  const settings = useSettings();
  $effect(() => {
    if (!token.data || !settings.data) return;
    const now = JSON.stringify([token.data.place, token.data.user, settings.data.hub_endpoint]);
    if (known !== null && known !== now)
      for (const queryKey of keys.ofHub) void queryClient.invalidateQueries({ queryKey });
    known = now;
  });
}
