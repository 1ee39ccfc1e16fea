import { timingSafeEqual } from 'node:crypto'
import { symbolsOf, readSymbols, valuesOf } from './crockford.ts'
import { keyedHash } from './keyed-hash.ts'

/**
 * One login for the city: it ties a visitor's devices to one quota and to the code he came with. It knows the devices by
 * keyed digests alone, never by their addresses.
 */
export interface Pass {
  readonly id: string
  /** What its usage of a day counts against: the subject of the device that it was made for. */
  readonly subject: string
  /** How many devices it serves at a time. */
  readonly most: number
  /** 30 days from its last use, epoch ms, never past `endsAt`. */
  readonly validUntil: number
  /** The last day of its links, epoch ms (whole minutes). */
  readonly endsAt: number
  readonly isRevoked: boolean
  /** The digest of the access code that it carries. */
  readonly code: string | null
  /** By the subject of each. */
  readonly devices: ReadonlyMap<string, PassDevice>
}

/** What a pass knows of one of its devices. */
export interface PassDevice {
  /** When it last came in, epoch ms; 0 where the visitor has disconnected it since. */
  readonly seenAt: number
  /** The visit by which it did. */
  readonly visit: string
}

export type PassState = 'valid' | 'revoked' | 'expired'

const DAY_MS = 86_400_000
const MINUTE = 60_000

/** How long a pass waits for its next use. */
export const PASS_DAYS = 30
/** However often it is used, it ends: a lasting pass would be a lasting pseudonym. */
const MOST_DAYS = 180
/** Devices of a pass where the site sets no number. */
const DEVICES = 5

export const passState = ({ isRevoked, validUntil }: Pass, now: number): PassState =>
  isRevoked ? 'revoked' : validUntil <= now ? 'expired' : 'valid'

/** When a pass that is made now ends for good. */
export const passEnd = (now: number): number => Math.ceil((now + MOST_DAYS * DAY_MS) / MINUTE) * MINUTE

/** Until when a use at this moment keeps it. */
export const passUntil = (endsAt: number, now: number): number => Math.min(endsAt, now + PASS_DAYS * DAY_MS)

/** How many devices a pass made at a site serves. */
export const passDevices = (ofSite: number | undefined): number => ofSite ?? DEVICES

/** What a link or QR code carries of a pass. */
export interface PassTicket {
  readonly id: string
  readonly endsAt: number
}

const VERSION = 'p1'
const signature = (key: Buffer, body: string): string => keyedHash(key, `token\n${body}`, 22)

/** The signed text of a pass's link: at most 64 characters of `[A-Za-z0-9._-]`, the same as long as the pass lives. */
export function passToken(key: Buffer, { id, endsAt }: PassTicket): string {
  const body = `${VERSION}.${id}.${Math.ceil(endsAt / MINUTE).toString(36)}`
  return `${body}.${signature(key, body)}`
}

const TOKEN = /^(p1\.([A-Za-z0-9_-]{16})\.([0-9a-z]{1,8}))\.([A-Za-z0-9_-]{22})$/

/** The ticket of a token that we signed, or null: whatever is wrong with another one, it is the same answer. */
export function readPassToken(key: Buffer, token: string): PassTicket | null {
  const match = TOKEN.exec(token)
  if (!match) return null
  const [, body = '', id = '', minutes = '', signed = ''] = match
  if (!timingSafeEqual(Buffer.from(signature(key, body)), Buffer.from(signed))) return null
  return { id, endsAt: parseInt(minutes, 36) * MINUTE }
}

const CODE_LENGTH = 10

/** The code of a pass for windows that open no link: nine symbols that follow from its id, and one that checks them. */
export function passCode(key: Buffer, id: string): string {
  const digest = Buffer.from(keyedHash(key, `code\n${id}`), 'base64url')
  const symbols = symbolsOf(digest.subarray(0, CODE_LENGTH - 1))
  // One more step makes the sum of all ten zero.
  return symbols + symbolsOf(Uint8Array.of(timesX(checkSum(symbols))))
}

/** `7K2M4 X9QRT`: the code as people read it out. */
export const spacedPassCode = (code: string): string => `${code.slice(0, 5)} ${code.slice(5)}`

/** A typed code of a pass in its one spelling, or null; one wrong symbol, or two that changed places, make it none. */
export function parsePassCode(typed: string): string | null {
  const code = readSymbols(typed)
  return code?.length === CODE_LENGTH && checkSum(code) === 0 ? code : null
}

/** The keyed digest under which a pass is found by its code: the live store holds no codes. */
export const passCodeDigest = (key: Buffer, code: string): string => keyedHash(key, `lookup\n${code}`, 22)

/**
 * Horner's rule over the field of 32 elements: each place weighs another power of x, so that no single slip and no
 * exchange of two symbols keeps the sum.
 */
const checkSum = (symbols: string): number => valuesOf(symbols).reduce((sum, value) => timesX(sum) ^ value, 0)

/** The product with x, modulo x⁵ + x² + 1. */
const timesX = (value: number): number => (value << 1) ^ (value & 16 ? 0b100101 : 0)
