import { codeAt } from './code-at.ts'

/** Sixteen characters of base64url as an id that no command line takes for an option. */
export const idText = (text: string): string => (text.startsWith('-') ? `A${text.slice(1)}` : text)

/** An id as one of 2⁵² numbers, never 0 (FNV-1a, twice). */
export function numberOf(id: string): number {
  let low = 0x811c9dc5
  let high = 0xcbf29ce4
  for (let i = 0; i < id.length; i++) {
    const code = codeAt(id, i)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x5bd1e995)
  }
  return 1 + (low >>> 0) + (high >>> 12) * 2 ** 32
}
