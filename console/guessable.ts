import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

/** Guesses, as a power of ten, that a password must outlast: months for whoever stole scrypt digests. */
const GUESSES_LEAST = 8
/** What an attacker tries is in the first characters; the search takes longer than linear in their number. */
const LOOKED_AT = 64

/** What passwords of this platform begin with when people think little of them. */
const CONTEXT = [
  'hotspot',
  'console',
  'captive',
  'radius',
  'public',
  'hanoi',
  'ha noi',
  'viet nam',
  'vietnam',
  'wi-fi',
  'wifi',
]

/** A year anywhere, and the few digits that follow a word: the first that is tried with each. */
const YEAR_OR_COUNT = /(19|20)\d\d|(?<=\D)\d{1,5}$/g

let estimator: ZxcvbnFactory | undefined

/**
 * True for a password that is among those people choose, or that is one when the names around it (the person's, the
 * city's, the platform's) are taken away (ASVS 5.0 §6.2.4, §6.2.11, §6.2.12).
 */
export function isGuessable(password: string, names: readonly string[]): boolean {
  // Its lists take 20 MB and a fifth of a second: made when the first password is.
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  const own = [...CONTEXT, ...names.map(plain).filter((name) => name.length >= 3)]
  const rest = own.reduce((text, name) => text.replaceAll(name, ''), plain(password).slice(0, LOOKED_AT))
  return estimator.check(rest.replace(YEAR_OR_COUNT, '')).guessesLog10 < GUESSES_LEAST
}

/** Lower case, without marks: `Hà Nội` and `hanoi` are one word to whoever guesses. */
const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase()
