const line = (paths: string): string =>
  `<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`

/** Small drawings that stand beside a word, never in its place. */
export const icons = {
  menu: line('<path d="M3 5.5h14M3 10h14M3 14.5h14"/>'),
  city: line('<path d="M3 11l7-7 7 7M5 9.5V17h10V9.5"/>'),
  sites: line(
    '<path d="M10 17s5.5-4.6 5.5-9A5.5 5.5 0 0 0 4.5 8c0 4.4 5.5 9 5.5 9z"/><circle cx="10" cy="8" r="2"/>',
  ),
  incidents: line('<path d="M10 3l8 14H2zM10 8v4M10 14.5v.1"/>'),
  pages: line('<path d="M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M8 10h5M8 13.5h5"/>'),
  people: line(
    '<circle cx="7.5" cy="7" r="3"/><path d="M2 16.5c.6-3.4 2.7-5 5.5-5s4.9 1.6 5.5 5M13 4.3a3 3 0 0 1 0 5.4M15 12c1.7.7 2.7 2.2 3 4.5"/>',
  ),
  account: line('<circle cx="10" cy="7" r="3.5"/><path d="M3.5 17c.7-3.5 3.2-5.2 6.5-5.2s5.8 1.7 6.5 5.2"/>'),
  promotion: line('<path d="M3 8.5v4h3l7 4V4.5l-7 4zM16 8a3.5 3.5 0 0 1 0 5"/>'),
  settings: line(
    '<circle cx="10" cy="10" r="2.6"/><path d="M10 2.5v2.6M10 14.9v2.6M2.5 10h2.6M14.9 10h2.6M4.7 4.7l1.8 1.8M13.5 13.5l1.8 1.8M4.7 15.3l1.8-1.8M13.5 6.5l1.8-1.8"/>',
  ),
  gateways: line(
    '<path d="M3 11.5h14v5H3zM6 14h.1M9 14h5M10 11.5V8M6.8 6.2a4.5 4.5 0 0 1 6.4 0M4.6 3.9a7.6 7.6 0 0 1 10.8 0"/>',
  ),
  out: line('<path d="M8 3.5H4v13h4M13 6.5l3.5 3.5-3.5 3.5M16 10H8"/>'),
  warning: line('<path d="M10 3l8 14H2zM10 8v4M10 14.5v.1"/>'),
  notices: line(
    '<path d="M4.5 14.5c1-1 1.3-2.3 1.3-5a4.2 4.2 0 0 1 8.4 0c0 2.7.3 4 1.3 5zM8.5 17a1.6 1.6 0 0 0 3 0"/>',
  ),
  visitors: line('<path d="M3 17h14M5 17v-5M10 17V5M15 17V8.5"/>'),
  audit: line('<path d="M3.5 5h.1M3.5 10h.1M3.5 15h.1M7 5h10M7 10h10M7 15h6"/>'),
  info: line('<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6v.1"/>'),
  logo: '<svg viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="M4 21c4.5 0 7.5-1.6 10-5 2.5 3.4 5.5 5 10 5M8.5 24.5h11M9.2 10.8a7 7 0 0 1 9.6 0M5.5 6.6a12.5 12.5 0 0 1 17 0"/><circle cx="14" cy="14.2" r=".6" fill="currentColor"/></svg>',
} as const

/** Tháp Rùa before the sun in a drum face whose rings double as waves; colours come from the style sheet. */
export const turtleTower =
  '<svg class="art" viewBox="0 0 212 150" aria-hidden="true" focusable="false"><g class="rings"><circle cx="106" cy="82" r="78" stroke-width="4" stroke-dasharray="1 5.125" stroke-opacity=".5"/><circle cx="106" cy="82" r="72" stroke-opacity=".5"/><circle cx="106" cy="82" r="61" stroke-width="2" stroke-linecap="round" stroke-dasharray="0 7.1" stroke-opacity=".7"/><circle cx="106" cy="82" r="50" stroke-opacity=".7"/></g><circle class="sun" cx="106" cy="82" r="40"/><path class="lake" d="M0 112h212v40H0z"/><path class="tower" d="M79 112V97h-2v-3h58v3h-2v15zM85 94V82h-2v-3h46v3h-2v12zM93 79V68h26v11zM88 68c5 0 8-2 10-5h16c2 3 5 5 10 5l-2 2H90zM99 63c2-3 4-4 7-6 3 2 5 3 7 6z"/><path class="sun" d="M86 111v-7q0-4 4-6 4 2 4 6v7zM102 111v-7q0-4 4-6 4 2 4 6v7zM118 111v-7q0-4 4-6 4 2 4 6v7zM91 93v-5q0-3 3-5 3 2 3 5v5zM103 93v-5q0-3 3-5 3 2 3 5v5zM115 93v-5q0-3 3-5 3 2 3 5v5z"/><path class="ripples" d="M52 113h108M70 120h44M128 120h26M84 127h44M60 134h22M98 134h46"/></svg>'

/** The mark for the browser's tab, as a data address: it costs no request. */
export const favicon = `data:image/svg+xml,${encodeURIComponent(
  icons.logo
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replaceAll('currentColor', '#c23b2d')
    .replace(/ (aria-hidden|focusable)="\w+"/g, ''),
)}`
