/** What stands beside a nearby place. Staff choose one by name; nothing is uploaded, so nothing is downloaded. */
export const pictureNames = [
  'bridge',
  'puppets',
  'vase',
  'incense',
  'silk',
  'drum',
  'temple',
  'factory',
  'hat',
  'tower',
  'lotus',
  'lacquer',
] as const
export type PictureName = (typeof pictureNames)[number]

/** The drawing as an inline `<svg>`; an unknown name gets the drum. */
export function picture(name: string): string {
  const body = Object.hasOwn(bodies, name) ? bodies[name as PictureName] : bodies.drum
  return `<svg viewBox="0 0 68 68" aria-hidden="true" focusable="false">${body}</svg>`
}

const ground = (colour: string): string => `<path fill="${colour}" d="M0 0h68v68H0z"/>`

const bodies: Readonly<Record<PictureName, string>> = {
  bridge: `${ground('#f6dcae')}<circle cx="46" cy="22" r="9" fill="#eda247"/><path fill="#7fb09c" d="M0 48h68v20H0z"/><g fill="none" stroke="#a3261d" stroke-linecap="round"><path stroke-width="4" d="M-2 46c22-16 48-16 72 0"/><path stroke-width="2" d="M-2 37c22-16 48-16 72 0M8 35v14M20 29v16M34 26v17M48 29v16M60 35v14"/></g><path fill="none" stroke="#fff3d6" stroke-width="1.6" stroke-linecap="round" d="M10 57h16M32 61h22M44 55h12"/>`,
  puppets: `${ground('#1c6354')}<path fill="#f0b95f" d="M8 24c8 0 13-4 16-10h20c3 6 8 10 16 10l-3 4H11z"/><path fill="#a3261d" d="M14 28h40v18H14z"/><path stroke="#f0b95f" stroke-width="1.2" d="M20 28v18M26 28v18M32 28v18M38 28v18M44 28v18M50 28v18"/><path fill="#2b8372" d="M0 46h68v22H0z"/><path fill="none" stroke="#bfe3d2" stroke-width="2" stroke-linecap="round" d="M6 54q5-4 10 0t10 0 10 0 10 0 10 0 10 0M-2 61q5-4 10 0t10 0 10 0 10 0 10 0 10 0 10 0"/>`,
  vase: `${ground('#dfe6e4')}<path fill="#fffdf6" stroke="#2f4b7c" stroke-width="1.6" d="M28 11h12l-2 8c9 4 13 11 13 19 0 9-6 16-10 20H27c-4-4-10-11-10-20 0-8 4-15 13-19z"/><path fill="none" stroke="#2f4b7c" stroke-width="1.6" stroke-linecap="round" d="M29 15h10M20 30q7 4 14 0t14 0M25 53h18M34 47c-6-3-8-7-7-10 4 0 6 2 7 5 1-3 3-5 7-5 1 3-1 7-7 10zM34 46V36"/>`,
  incense: `${ground('#ecd3a4')}<g fill="none"><circle cx="34" cy="34" r="16" stroke="#b3261c" stroke-width="20" stroke-dasharray="1.2 1.3"/><circle cx="34" cy="34" r="27" stroke="#d9622b" stroke-width="3" stroke-dasharray="1.2 2.7"/></g><circle cx="34" cy="34" r="5" fill="#f3c984"/>`,
  silk: `${ground('#f3e3c3')}<path fill="#a3261d" d="M6 12q12 7 0 22t4 34h15q-14-14-3-32t-1-24z"/><path fill="#eda247" d="M26 12q12 7 0 22t4 34h13q-14-14-3-32t-1-24z"/><path fill="#1c6354" d="M45 12q12 7 0 22t4 34h14q-14-14-3-32t-1-24z"/><path stroke="#5b3b22" stroke-width="3.4" stroke-linecap="round" d="M2 12h64"/>`,
  drum: `${ground('#3a2a18')}<g fill="none" stroke="#e2aa4e"><circle cx="34" cy="34" r="28"/><circle cx="34" cy="34" r="24.5" stroke-width="4" stroke-dasharray="1 2.2"/><circle cx="34" cy="34" r="21"/><circle cx="34" cy="34" r="17" stroke-width="2" stroke-linecap="round" stroke-dasharray="0 4.45"/></g><path fill="#f0bc62" d="M34 20l2.6 7.7 7.3-3.6-3.6 7.3L48 34l-7.7 2.6 3.6 7.3-7.3-3.6L34 48l-2.6-7.7-7.3 3.6 3.6-7.3L20 34l7.7-2.6-3.6-7.3 7.3 3.6z"/>`,
  temple: `${ground('#f5cf98')}<path fill="#8fab8b" d="M0 54h68v14H0z"/><path fill="#a3261d" d="M15 31h38v4H15zM19 35h5v20h-5zM44 35h5v20h-5zM27 20h14v6H27z"/><path fill="#3a564c" d="M7 31c8 0 12-3 15-7h24c3 4 7 7 15 7zM20 20c4 0 6-2 8-6h12c2 4 4 6 8 6z"/><circle cx="34" cy="45" r="7" fill="none" stroke="#a3261d" stroke-width="2"/><path stroke="#a3261d" stroke-width="1.4" d="M34 38v14M27 45h14"/>`,
  factory: `${ground('#dbe4f0')}<circle cx="52" cy="17" r="7" fill="#eda247"/><path fill="#35548c" d="M8 58V34l13 8v-8l13 8v-8l13 8V20h8v38z"/><path fill="#f3c984" d="M13 47h6v5h-6zM25 47h6v5h-6zM37 47h6v5h-6z"/><path fill="#7fb09c" d="M0 58h68v10H0z"/>`,
  hat: `${ground('#1c6354')}<path fill="#fbeccb" d="M6 47c12-6 21-17 28-31 7 14 16 25 28 31-18 7-38 7-56 0z"/><path fill="none" stroke="#c99a55" stroke-width="1.3" d="M12 44q22 8 44 0M18 38q16 6 32 0M24 31q10 4 20 0M29 24q5 2 10 0"/><path fill="none" stroke="#e6968a" stroke-width="2.4" stroke-linecap="round" d="M20 50q14 12 28 0"/>`,
  tower: `${ground('#f5cf98')}<circle cx="34" cy="32" r="20" fill="#eda247"/><path fill="#26645a" d="M0 54h68v14H0z"/><path fill="#3a564c" d="M17 54V42h-2v-2h38v2h-2v12zM22 40v-9h-2v-2h28v2h-2v9zM27 29v-7h14v7zM23 22c4 0 6-1 8-4h6c2 3 4 4 8 4zM30 18c1-2 2-3 4-4 2 1 3 2 4 4z"/><path fill="#f3c984" d="M23 54v-6q0-3 2.5-4 2.5 1 2.5 4v6zM31.5 54v-6q0-3 2.5-4 2.5 1 2.5 4v6zM40 54v-6q0-3 2.5-4 2.5 1 2.5 4v6zM31.5 39v-4q0-2 2.5-3 2.5 1 2.5 3v4z"/><path stroke="#ffe3ab" stroke-width="1.5" stroke-linecap="round" d="M20 59h22M30 63h18"/>`,
  lotus: `${ground('#dcece2')}<path fill="#4c7a58" d="M4 52q30-12 60 0-30 14-60 0z"/><path fill="#e6968a" d="M34 50C20 50 10 42 8 30q12 0 20 10-1-14 6-24 7 10 6 24 8-10 20-10c-2 12-12 20-26 20z"/><path fill="#f6c9bf" d="M34 50q-10-6-9-20 6 4 9 12 3-8 9-12 1 14-9 20z"/>`,
  lacquer: `${ground('#17110e')}<circle cx="34" cy="34" r="23" fill="#8d1d14"/><circle cx="34" cy="34" r="23" fill="none" stroke="#e9b858" stroke-width="1.6"/><path fill="none" stroke="#e9b858" stroke-width="1.6" stroke-linecap="round" d="M22 52c2-16 8-24 22-34M29 37q-8-1-10-8 8 0 10 8zM36 27q-7-3-6-10 7 3 6 10zM33 33q8 2 12-4-7-4-12 4zM26 43q8 3 13-2-6-5-13 2z"/>`,
}
