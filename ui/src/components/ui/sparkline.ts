// The curve of what was a moment ago, as paths of an SVG.

/** What was measured at one moment: a share from 0 to 1, or nothing. */
export interface Sample {
  /** Milliseconds of the page's clock. */
  at: number;
  share: number | null;
}

/** As far back as a curve reaches. */
export const SPAN_MS = 60_000;

/** Moments further apart are not joined: nobody knows what was between them. */
const GAP_MS = 4_000;

/** The paths of a curve and of the ground below it; the newest sample stands at the right edge. */
export interface Curve {
  line: string;
  ground: string;
}

export function curve(samples: readonly Sample[], width: number, height: number): Curve {
  const newest = samples.at(-1)?.at ?? 0;
  // Half a stroke stays free, so that the line is whole at both ends of its range.
  const place = ({ at, share }: Joined): [number, number] => [
    width * (1 - (newest - at) / SPAN_MS),
    1 + (height - 2) * (1 - Math.min(1, Math.max(0, share))),
  ];
  const lines: string[] = [];
  const grounds: string[] = [];
  for (const run of runs(samples)) {
    const points = run.map(place);
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) continue;
    const through = points.map(([x, y]) => `${figure(x)} ${figure(y)}`).join('L');
    // A single moment becomes a dot.
    lines.push(points.length === 1 ? `M${through}h0` : `M${through}`);
    grounds.push(`M${figure(first[0])} ${height}L${through}L${figure(last[0])} ${height}Z`);
  }
  return { line: lines.join(''), ground: grounds.join('') };
}

type Joined = Sample & { share: number };

/** The parts of the curve that hang together, without what is too old to be seen. */
function runs(samples: readonly Sample[]): Joined[][] {
  const newest = samples.at(-1)?.at ?? 0;
  const found: Joined[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { at, share } of samples) {
    if (newest - at > SPAN_MS || share === null) continue;
    const run = at - before <= GAP_MS ? found.at(-1) : undefined;
    if (run) run.push({ at, share });
    else found.push([{ at, share }]);
    before = at;
  }
  return found;
}

function figure(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
