// Figures as people read them, in their own locale; days and months in the language of the words around them.
import { LOCALE_OF_WORDS } from '../words/language';

const GIGA = 1e9;
const MEGA = 1e6;

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const AT_MOST_TENTHS = { maximumFractionDigits: 1 };
const atMostTenths = new Intl.NumberFormat(undefined, AT_MOST_TENTHS);

/** Files and disks: "4.9 GB", "531 MB", "12 kB". Decimal units, as disks are sold. */
export function bytes(count: number): string {
  if (count >= 0.95 * GIGA) return `${tenths.format(count / GIGA)} GB`;
  if (count >= MEGA) return `${whole.format(count / MEGA)} MB`;
  return `${whole.format(Math.max(count > 0 ? 1 : 0, count / 1e3))} kB`;
}

/** How much of a size is here, both in the unit of the whole: "1.6 of 2.5 GB". */
export function bytesOf(done: number, total: number): string {
  const of = (part: string, whole: string) => `${part} of ${whole}`;
  if (total >= 0.95 * GIGA) return of(tenths.format(done / GIGA), bytes(total));
  return of(whole.format(done / (total >= MEGA ? MEGA : 1e3)), bytes(total));
}

/** Memory as it is sold, in GB of 1,024³ bytes: "16 GB", "23.4 GB", "512 MB". The engine's messages count so too. */
export function memory(count: number, locale?: string): string {
  const gigabytes = count / 1024 ** 3;
  // Below a tenth short of one, "0.9 GB" says less than megabytes do.
  if (gigabytes < 0.95) return `${whole.format(count / 1024 ** 2)} MB`;
  const format = locale === undefined ? atMostTenths : new Intl.NumberFormat(locale, AT_MOST_TENTHS);
  return `${format.format(gigabytes)} GB`;
}

/** "8,192". */
export function count(value: number): string {
  return whole.format(value);
}

/** "1 model", "3 models". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}

/** "4.0 B", "135 M": the weights of a model. */
export function weights(parameters: number): string {
  if (parameters >= 0.95e9) return `${tenths.format(parameters / 1e9)} B`;
  return `${whole.format(parameters / 1e6)} M`;
}

/** "43 %", from 0 to 1. */
export function percent(fraction: number): string {
  return `${whole.format(Math.floor(Math.min(1, Math.max(0, fraction)) * 100))} %`;
}

/** "0.4 s", "12 s", "3 min 5 s", "2 h 10 min". */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${tenths.format(seconds)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return rounded % 60 === 0 ? `${minutes} min` : `${minutes} min ${rounded % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** A wait as it counts down, in whole units: "55 s", "3 min", "1 h 20 min". */
export function wait(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0
    ? `${whole.format(minutes / 60)} h`
    : `${whole.format(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** "1.2 M", "640 k", "812": how many people did something. */
export function many(value: number): string {
  for (const [unit, size] of [
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    // Rounds into the next unit rather than to "1,000 k".
    if (value >= size * 0.9995) {
      const scaled = value / size;
      return `${scaled < 9.95 ? atMostTenths.format(scaled) : whole.format(scaled)} ${unit}`;
    }
  }
  return whole.format(value);
}

/** Whole days between two moments in the person's time zone; 0 is today, 1 yesterday. */
export function daysAgo(then: number, now: number): number {
  const midnight = (time: number) => {
    const date = new Date(time);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((midnight(now) - midnight(then)) / 86_400_000);
}

/** "Today", "Yesterday", "Monday", "3 March", "3 March 2024". */
export function relativeDay(then: number, now: number, locale = LOCALE_OF_WORDS): string {
  const days = daysAgo(then, now);
  if (days <= 1)
    return capital(
      new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.max(0, days), 'day'),
    );
  if (days < 7) return capital(date(then, { weekday: 'long' }, locale));
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? undefined : 'numeric';
  return date(then, { day: 'numeric', month: 'long', ...(year && { year }) }, locale);
}

/** "just now", "5 minutes ago", "yesterday", "3 March". */
export function relativeTime(then: number, now: number, locale = LOCALE_OF_WORDS): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds < 60) return words.format(0, 'second');
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), 'minute');
  const days = daysAgo(then, now);
  if (days === 0) return words.format(-Math.floor(seconds / 3600), 'hour');
  if (days < 7) return words.format(-days, 'day');
  return relativeDay(then, now, locale);
}

/** "3 March", "March 2024": a date as words. */
export function date(time: number, parts: Intl.DateTimeFormatOptions, locale = LOCALE_OF_WORDS): string {
  return new Intl.DateTimeFormat(locale, parts).format(time);
}

/** A date with its time, for tooltips. */
export function dateTime(time: number): string {
  return new Intl.DateTimeFormat(LOCALE_OF_WORDS, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}

function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase(LOCALE_OF_WORDS) + words.slice(1);
}
