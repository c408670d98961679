import { useEffect, useState } from 'react';
import type UPlot from 'uplot';
import { clockTime } from '../format/time.ts';

const dayMs = 86_400_000;

const palettes = {
  light: [
    ...['#0b6b74', '#ad4100', '#2a5aa8', '#8a2f8f', '#166b3a', '#b0103f'],
    ...['#7d5a00', '#5b4bb5', '#00688f', '#9c3a6b', '#4f5d00', '#6b4a2b'],
  ],
  dark: [
    ...['#55c3cb', '#ff9f5c', '#8ab4ff', '#d99be0', '#62d191', '#ff7d9d'],
    ...['#eac54f', '#b1a5ff', '#5cc8ff', '#f29ac0', '#b8cc52', '#d3a984'],
  ],
} as const;

/** The colour of the line of that number. */
export function colourOf(index: number): string {
  const palette = currentScheme() === 'dark' ? palettes.dark : palettes.light;
  return palette[index % palette.length] ?? palette[0];
}

/** A time below an axis: as much of it as a span of that length needs. */
export function axisTime(atMs: number, spanMs: number): string {
  const time = clockTime(atMs);
  if (spanMs <= 10 * 60_000) return time.slice(0, 8);
  if (spanMs <= dayMs) return time.slice(0, 5);
  return spanMs <= 3 * dayMs ? `${dayOf(atMs)} ${time.slice(0, 5)}` : dayOf(atMs);
}

const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export function dayOf(atMs: number): string {
  return dayFormat.format(atMs);
}

/** Points without a neighbour: no line leads to them, so that they would not be seen. */
export function lonePoints(plot: UPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const isThere = (index: number) => typeof values[index] === 'number';
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (isThere(i) && !isThere(i - 1) && !isThere(i + 1)) found.push(i);
  return found;
}

/** Light or dark; draws anew when it changes. */
export function useScheme(): string {
  const [scheme, setScheme] = useState(currentScheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setScheme(currentScheme()));
    observer.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] });
    return () => observer.disconnect();
  }, []);
  return scheme;
}

function currentScheme(): string {
  return document.documentElement.getAttribute('data-mantine-color-scheme') ?? 'light';
}

/** The value of one of our colours, for what is no element. */
export function cssVariable(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
