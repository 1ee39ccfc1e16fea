/** What a site is; each has its own scene. */
export type Category = 'tourist-site' | 'craft-village' | 'industrial-park'

/**
 * The drawing at the top of a page, as one inline `<svg>`: Tháp Rùa at dawn (also where no site is known), the incense
 * yards of Quảng Phú Cầu, or Nhật Tân bridge. The halo is a Đông Sơn drum face whose rings double as Wi-Fi waves.
 * Colours are custom properties of `views/style/tokens.css`, so that one drawing serves dawn and dusk.
 */
export function scene(category: Category | undefined): string {
  if (category === 'craft-village') return craftVillage
  if (category === 'industrial-park') return industrialPark
  return lake
}

const gradient = (id: string, from: string, to: string): string =>
  `<linearGradient id="${id}" x2="0" y2="1"><stop stop-color="var(--${from})"/><stop offset="1" stop-color="var(--${to})"/></linearGradient>`

/** Rings of the drum: `stroke-dasharray` draws the ticks, and the dots as round caps of no length. */
const rings = (cy: number): string => `
<g clip-path="url(#above)" fill="none" stroke="var(--ring)">
<circle class="wave" cx="195" cy="${cy}" r="152" stroke-opacity=".3"/>
<circle class="wave" cx="195" cy="${cy}" r="144" stroke-opacity=".34" stroke-width="6" stroke-dasharray="1.2 7.18"/>
<circle class="wave" cx="195" cy="${cy}" r="136" stroke-opacity=".36"/>
<circle class="wave" cx="195" cy="${cy}" r="118" stroke-opacity=".5" stroke-width="2.6" stroke-linecap="round" stroke-dasharray="0 9.26"/>
<circle class="wave" cx="195" cy="${cy}" r="101" stroke-opacity=".5"/>
<circle class="wave" cx="195" cy="${cy}" r="94" stroke-opacity=".55" stroke-width="5" stroke-dasharray="1.2 5.36"/>
<circle class="wave" cx="195" cy="${cy}" r="87" stroke-opacity=".6"/>
</g>`

/** `horizon` is where rings and sun go under, in units of the 390 × 248 view. */
const drawing = (parts: { horizon: number; definitions?: string; body: string }): string =>
  `<svg viewBox="0 0 390 248" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
<defs>${gradient('sky', 'sky-1', 'sky-2')}${gradient('sun', 'sun-1', 'sun-2')}${gradient('lake', 'water-1', 'water-2')}
<clipPath id="above"><path d="M-20-60h430v${parts.horizon + 60}H-20z"/></clipPath>${parts.definitions ?? ''}</defs>
<path fill="url(#sky)" d="M0 0h390v248H0z"/>${parts.body}
</svg>`.replaceAll('\n', '')

const leaves = [
  [-2, 106, -58],
  [8, 100, -20],
  [14, 96, -75],
  [22, 95, 12],
  [26, 91, -48],
  [36, 93, 28],
  [40, 90, -30],
  [52, 93, 34],
  [56, 92, -18],
  [66, 97, 30],
  [70, 97, -6],
  [76, 100, 46],
  [4, 112, 30],
  [-6, 116, 10],
]
  .map(([x, y, turn]) => `<use href="#leaf" transform="translate(${x} ${y}) rotate(${turn})"/>`)
  .join('')

const flowers =
  'M9 104c3 20 1 34 3 52M24 97c4 18 2 28 3 42M39 94c4 20 2 32 4 52M54 94c3 15 1 25 3 35M69 98c2 14 1 22 3 31'

/** Tháp Rùa, its reflection, Thê Húc bridge, and a lộc vừng branch, whose flowers hang over the lake each summer. */
const lake = drawing({
  horizon: 176,
  definitions: `<clipPath id="below"><path d="M-20 178h430v80H-20z"/></clipPath>
<path id="leaf" d="M0 0c5-5 12-5 17 0-5 4-12 4-17 0z"/>
<g id="tower"><path d="M150 176v-27h-4v-4h98v4h-4v27z"/><path d="M161 145v-22h-4v-4h76v4h-4v22z"/><path d="M175 119V99h40v20z"/><path d="M166 99c8 0 13-3 16-8h26c3 5 8 8 16 8l-3 3h-52zM184 91c2-4 6-7 11-10 5 3 9 6 11 10zM194 82l1-7 1 7z"/></g>`,
  body: `${rings(126)}
<circle cx="195" cy="126" r="70" fill="url(#sun)" clip-path="url(#above)"/>
<path fill="var(--hill-1)" d="M0 158c22-16 44-9 60 0 20-20 52-14 64 6 12 5 24 8 40 10H0zM390 150c-26-14-48-6-62 6-22-13-46-5-58 10-10 4-22 7-36 8h156z"/>
<path fill="var(--hill-2)" d="M0 168c16-10 30-7 42 0 18-9 34-3 42 8H0zM390 164c-18-11-38-7-48 2-16-8-36-4-44 10h92z"/>
<path fill="url(#lake)" d="M0 176h390v72H0z"/>
<g opacity=".32" fill="var(--stone)" transform="matrix(1 0 0 -.62 0 285)"><use href="#tower"/></g>
<g fill="none" stroke="var(--glint)" stroke-linecap="round"><path stroke-width="2" stroke-opacity=".75" d="M150 184h90M162 191h66M142 198h34M196 198h50M168 206h54M154 215h26M196 215h44M176 225h40"/>
<g stroke-opacity=".5" clip-path="url(#below)"><ellipse class="wave" cx="195" cy="180" rx="96" ry="9"/><ellipse class="wave" cx="195" cy="182" rx="138" ry="17"/><ellipse class="wave" cx="195" cy="185" rx="186" ry="28"/></g></g>
<path fill="var(--hill-2)" d="M112 180c12-7 26-8 40-7 20-4 66-4 88 0 14-1 28 1 40 7-30 5-138 5-168 0z"/>
<use href="#tower" fill="var(--stone)"/>
<path fill="var(--stone-2)" d="M146 145h98v4h-98zM157 119h76v4h-76zM166 99h58l-3 3h-52z"/>
<path fill="var(--lit)" d="M163 174v-13q0-6 6-9 6 3 6 9v13zM189 174v-13q0-6 6-9 6 3 6 9v13zM215 174v-13q0-6 6-9 6 3 6 9v13zM172 143v-10q0-5 5-8 5 3 5 8v10zM190 143v-10q0-5 5-8 5 3 5 8v10zM208 143v-10q0-5 5-8 5 3 5 8v10z"/><circle cx="195" cy="110" r="5.5" fill="var(--lit)"/>
<path fill="var(--leaf)" d="M118 178c5-9 9-4 11-11 4 6 8 2 10 10zM250 177c4-8 8-3 11-10 4 6 9 3 12 11z"/>
<g fill="none" stroke="var(--bridge)" stroke-linecap="round"><path stroke-width="4" d="M278 180c32-14 74-20 116-16"/><path stroke-width="2" d="M278 171c32-14 74-20 116-16"/><path stroke-width="2.4" d="M290 168v20M308 162v24M328 157v29M350 154v33M374 153v36"/><path stroke-width="1.6" stroke-opacity=".35" d="M290 191v10M308 190v13M328 190v16M350 191v16M374 193v14"/></g>
<g class="branch"><path fill="none" stroke="var(--leaf)" stroke-width="3" stroke-linecap="round" d="M-8 128C8 98 40 86 78 101"/><g fill="var(--leaf)">${leaves}</g>
<g fill="none" stroke="var(--bridge)" stroke-linecap="round" stroke-opacity=".85"><path stroke-width=".8" d="${flowers}"/><path stroke-width="2.8" stroke-dasharray=".1 4.6" stroke-dashoffset="-9" d="${flowers}"/></g></g>`,
})

/** Fans of red incense drying in the yard, each one dashed circle, and a conical hat among them. */
const craftVillage = drawing({
  horizon: 168,
  definitions: `<g id="near-fan" fill="none"><circle r="38" fill="var(--yard)"/><circle r="21" stroke="var(--incense)" stroke-width="30" stroke-dasharray="1.3 1.5"/><circle r="36.5" stroke="var(--incense-2)" stroke-width="3.5" stroke-dasharray="1.3 3.4"/><circle r="5.5" fill="var(--lit)"/></g>
<g id="far-fan" fill="none"><circle r="19" fill="var(--yard)"/><circle r="11" stroke="var(--incense)" stroke-width="15" stroke-dasharray="1.1 1.2"/><circle r="3" fill="var(--lit)"/></g>`,
  body: `${rings(118)}
<circle cx="195" cy="118" r="62" fill="url(#sun)"/>
<path fill="var(--hill-1)" d="M0 150c20-14 44-10 62 2 18-12 44-8 58 4h150c16-14 44-18 64-6 18-10 40-6 56 4v60H0z"/>
<path fill="var(--stone-2)" d="M14 158c9 0 14-5 18-11h42c4 6 9 11 18 11zM300 160c9 0 14-5 18-11h40c4 6 9 11 18 11z"/><path fill="var(--stone)" d="M24 158h58v12H24zM310 160h56v12h-56z"/>
<path fill="var(--yard)" d="M0 168h390v80H0z"/>
<use href="#far-fan" x="52" y="176"/><use href="#far-fan" x="96" y="174"/><use href="#far-fan" x="142" y="176"/><use href="#far-fan" x="248" y="176"/><use href="#far-fan" x="294" y="174"/><use href="#far-fan" x="340" y="176"/>
<path fill="var(--cloth)" d="M176 224c0-30 4-48 19-48s19 18 19 48v24h-38z"/><path fill="var(--skin)" d="M188 164h14v14q-7 6-14 0z"/><path fill="var(--hat)" d="M162 166c12-6 24-16 33-32 9 16 21 26 33 32-22 6-44 6-66 0z"/><path fill="none" stroke="var(--hat-2)" stroke-width=".8" d="M172 162q23 5 46 0M180 155q15 3.5 30 0M187 147q8 2 16 0"/>
<use href="#near-fan" x="30" y="214"/><use href="#near-fan" x="112" y="220"/><use href="#near-fan" x="278" y="220"/><use href="#near-fan" x="360" y="214"/>`,
})

const pylons = [0, 78, 156, 234, 312].map((x) => `<use href="#pylon"${x ? ` x="${x}"` : ''}/>`).join('')

/** Nhật Tân bridge, its five pylons and their stays, on the way to the parks north of the river. */
const industrialPark = drawing({
  horizon: 176,
  definitions: `<g id="pylon" fill="none" stroke="var(--stone)"><path stroke-width="3.6" stroke-linejoin="round" stroke-linecap="round" d="M27 190 37 150v-46h4v46l10 40M33 164h12"/><path stroke-width=".8" d="M39 106 4 164M39 112 12 164M39 118l-20 46M39 124l-14 40M39 106l35 58M39 112l27 52M39 118l20 46M39 124l14 40"/></g>`,
  body: `${rings(126)}
<circle cx="195" cy="132" r="64" fill="url(#sun)" clip-path="url(#above)"/>
<path fill="var(--hill-1)" d="M0 176v-22h18v-12l14 10v-10l14 10v-10l14 10v12h26v-24h8v-14h6v14h10v24h22v-8h28v20zM390 176v-26h-22v-14h-10v14h-16v-20h-8v-8h-5v8h-9v20l-14-10v10l-14-10v10l-14-10v10h-18v26z"/>
<path fill="var(--hill-2)" d="M0 176c30-9 70-9 110-3 60-6 150-6 200 0 30-5 60-4 80 0v4H0z"/>
<path fill="url(#lake)" d="M0 176h390v72H0z"/>${pylons}
<path fill="var(--bridge)" d="M0 163.5h390v3.2H0z"/><path fill="var(--stone)" d="M0 166.7h390v2H0z"/>
<g fill="none" stroke="var(--glint)" stroke-linecap="round" stroke-width="2" stroke-opacity=".7"><path d="M160 184h70M146 192h38M204 192h44M168 200h58M150 209h30M200 209h40M176 218h42"/><path stroke-opacity=".3" d="M30 196h34M68 206h26M300 198h44M330 208h30"/></g>`,
})
