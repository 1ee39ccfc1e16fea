import { Blake2s, stateOf, type Blake2sState } from './blake2s.ts'

const known = new WeakMap<Buffer, Blake2sState>()
/** Holds what was signed last, until the next. */
const sheet = new Blake2s()

/** Begins a text to be signed: written to piece by piece, then signed. Nothing else may be signed meanwhile. */
export const toBeSigned = (): Blake2s => sheet.begin()

/**
 * Keyed BLAKE2s of what was written since `toBeSigned`, under a key of 1 to 32 octets: what it gives is read at once. What
 * follows from a key is worked out once. @see RFC 7693 §2.5
 */
export const signed = (key: Buffer): Blake2s => sheet.digest(stateFor(key))

/** The first characters of the keyed BLAKE2s of a text, as base64url; 43 are all of it. */
export function keyedHash(key: Buffer, text: string, characters = 43): string {
  toBeSigned().text(text)
  return signed(key).base64url(characters)
}

/** Nearly every text is signed by one of a few keys, by turns. */
function stateFor(key: Buffer): Blake2sState {
  const state = known.get(key)
  if (state) return state
  // Without a key it would be a hash that anybody can make.
  if (key.length === 0) throw new RangeError('a key of no octets signs nothing')
  const made = stateOf(key)
  known.set(key, made)
  return made
}
