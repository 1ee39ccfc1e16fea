const line = (width: number, paths: string): string =>
  `<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`

/** Small drawings that stand beside a word, never in its place. */
export const icons = {
  check: line(2, '<path d="M4 10.5l4 4 8-9"/>'),
  cross: line(2, '<path d="M6 6l8 8M14 6l-8 8"/>'),
  clock: line(2, '<circle cx="10" cy="10" r="7"/><path d="M10 6v4l2.5 2"/>'),
  chevron: line(1.8, '<path d="M5 8l5 5 5-5"/>'),
  globe: line(
    1.5,
    '<circle cx="10" cy="10" r="7.5"/><path d="M2.5 10h15M10 2.5c5 5 5 10 0 15-5-5-5-10 0-15z"/>',
  ),
  warning: line(1.8, '<path d="M10 3l8 14H2zM10 8v4M10 14.5v.1"/>'),
  info: line(1.8, '<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6v.1"/>'),
  wifi: line(
    2,
    '<path d="M3 8.2a10.5 10.5 0 0 1 14 0M6 11.6a6.2 6.2 0 0 1 8 0"/><circle cx="10" cy="15" r=".7" fill="currentColor"/>',
  ),
  wrench: line(1.6, '<path d="M12 4a4 4 0 0 0-1 5l-6 6 1.5 1.5 6-6a4 4 0 0 0 5-4.5L15 8l-2-2z"/>'),
  devices: line(1.7, '<rect x="6" y="2.5" width="8" height="15" rx="1.6"/><path d="M9.5 14.8h1"/>'),
  pass: line(
    1.7,
    '<path d="M2.5 6.5h15v2a1.6 1.6 0 0 0 0 3.2v2h-15v-2a1.6 1.6 0 0 0 0-3.2zM7.5 6.5v1.4M7.5 9.4v1.4M7.5 12.3v1.4"/>',
  ),
  gate: line(1.8, '<path d="M3 17V7q7-5 14 0v10M8 17v-5h4v5M2 17h16"/>'),
  logo: '<svg viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="M4 21c4.5 0 7.5-1.6 10-5 2.5 3.4 5.5 5 10 5M8.5 24.5h11M9.2 10.8a7 7 0 0 1 9.6 0M5.5 6.6a12.5 12.5 0 0 1 17 0"/><circle cx="14" cy="14.2" r=".6" fill="currentColor"/></svg>',
} as const

/** The same mark for the browser's tab, as a data address: it costs no request. */
export const favicon = `data:image/svg+xml,${encodeURIComponent(
  icons.logo
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replaceAll('currentColor', '#c23b2d')
    .replace(/ (aria-hidden|focusable)="\w+"/g, ''),
)}`
