// The time for words like "5 minutes ago" and "leaves in 12 min", which go on while nothing else happens.

const MINUTE_MS = 60_000;

/** For a component: the time, minute by minute and whenever what it reads in `news` changed. */
export function useClock(news: () => unknown): { readonly now: number } {
  let now = $state(Date.now());
  $effect(() => {
    news();
    now = Date.now();
    const timer = setInterval(() => (now = Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  });
  return {
    get now() {
      return now;
    },
  };
}
