import { Sha256, type Sha256State } from './sha256.ts'

/** SHA-256's block in octets. */
const BLOCK = 64

/** A key as HMAC uses it: SHA-256 after the inner pad, and after the outer. */
interface Pads {
  readonly inner: Sha256State
  readonly outer: Sha256State
}

const known = new WeakMap<Buffer, Pads>()
/** Holds what was signed last, until the next. */
const sheet = new Sha256()

/** Begins a text to be signed: written to piece by piece, then signed. Nothing else may be signed meanwhile. */
export const toBeSigned = (): Sha256 => sheet.begin()

/**
 * HMAC-SHA-256 of what was written since `toBeSigned`, under a key of up to 64 octets: what it gives is read at once. What
 * follows from a key is worked out once. @see RFC 2104
 */
export function signed(key: Buffer): Sha256 {
  const { inner, outer } = padsOf(key)
  return sheet.digest(inner).again().digest(outer)
}

/** The first characters of HMAC-SHA-256 of a text, as base64url; 43 are all of it. */
export function hmacText(key: Buffer, text: string, characters = 43): string {
  toBeSigned().text(text)
  return signed(key).base64url(characters)
}

/** Nearly every text is signed by one of a few keys, by turns. */
function padsOf(key: Buffer): Pads {
  const pads = known.get(key)
  if (pads) return pads
  if (key.length > BLOCK) throw new RangeError(`a key of ${key.length} octets is longer than a block`)
  const made = { inner: stateAfter(key, 0x36), outer: stateAfter(key, 0x5c) }
  known.set(key, made)
  return made
}

function stateAfter(key: Buffer, octet: number): Sha256State {
  const pad = Buffer.alloc(BLOCK, octet)
  for (let i = 0; i < key.length; i++) pad[i]! ^= key[i]!
  // A sheet of its own: the text to be signed stands on the other.
  const state = new Sha256().begin().octets(pad).state()
  pad.fill(0)
  return state
}
