import { createRequire } from 'node:module'

/** What the tests use of the npm package `radius`, an implementation that is not ours. */
export type RadiusPackage = {
  encode(packet: {
    code: string
    secret: string
    identifier: number
    attributes: readonly (
      readonly [number | string, unknown] | readonly [string, number, readonly (readonly [number, Buffer])[]]
    )[]
    add_message_authenticator?: boolean
    authenticator?: Buffer
  }): Buffer
  encode_response(answer: {
    packet: Decoded
    code: string
    secret: string
    attributes: [string, unknown][]
  }): Buffer
  decode(datagram: { packet: Buffer; secret: string }): Decoded
  decode_without_secret(datagram: { packet: Buffer }): Decoded
  verify_response(pair: { request: Buffer; response: Buffer; secret: string }): boolean
}

export type Decoded = {
  code: string
  identifier: number
  authenticator: Buffer
  attributes: Record<string, unknown>
  raw_attributes: [number, Buffer][]
}

/** Loaded when asked for: it calls `new Buffer`, of which Node warns once. */
export function loadRadiusPackage(): RadiusPackage {
  process.noDeprecation = true
  return createRequire(import.meta.url)('radius') as RadiusPackage
}

/** Its own captures of real packets: controllers of Aruba, Cisco and Motorola, and a test client. */
export const capturesFolder = new URL(
  'test/captures/',
  `file://${createRequire(import.meta.url).resolve('radius/package.json')}`,
)
