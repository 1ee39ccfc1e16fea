import { readdirSync, readFileSync } from 'node:fs'
import { AttributeType } from '../../../radius-server/packet/attributes.ts'
import type { DropReason } from '../../../radius-server/packet/reasons.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import { address, integer, text, vendorInteger, vendorText } from '../../../radius-server/packet/values.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'

/** How the value of an attribute is written in a vector file. */
export type Form = 'text' | 'integer' | 'address' | 'octets'
export type VectorAttribute = { form: Form; written: string; attribute: Attribute }

/** A packet of `test/vectors`, and what is to be found in it. */
export type Vector = {
  name: string
  bytes: Buffer
  /** Why `accept` refuses it; what follows is then empty. */
  drop: string | undefined
  code: number
  identifier: number
  authenticator: Buffer
  attributes: readonly VectorAttribute[]
  secret: SharedSecret
  /** What `verifyRequest`, or for a vector that answers another `verifyResponse`, says. */
  proof: 'proved' | 'unproved' | DropReason
  answers: Vector | undefined
  /** The password in User-Password, and the one CHAP-Password answers with. */
  password: string | undefined
  chap: string | undefined
  /** Our encoder makes these very bytes of the fields. */
  encodes: boolean
}

/**
 * Every vector. A file is prose after `#`, and packets: a line `packet:` with its name, lines `field: value`, the line
 * `bytes:` and then hex, indented. `attribute:` has a name of `AttributeType`, a number or `vendor.type`, then the form
 * of the value and the value. `answers:` names the request a response is for, in the same file.
 */
export const readVectors = (): Vector[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')))

const folder = new URL('../../vectors/', import.meta.url)

const parse = (file: string): Vector[] => {
  const byName = new Map<string, Vector>()
  const lines = file.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const starts = lines.flatMap((line, index) => (line.startsWith('packet: ') ? [index] : []))
  for (const [index, start] of starts.entries()) {
    const vector = parsePacket(lines.slice(start, starts[index + 1]), byName)
    byName.set(vector.name, vector)
  }
  return [...byName.values()]
}

const parsePacket = (lines: readonly string[], earlier: ReadonlyMap<string, Vector>): Vector => {
  const fields = new Map<string, string>()
  const attributes: VectorAttribute[] = []
  let hex = ''
  for (const line of lines) {
    const [, name = '', value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? []
    if (line.startsWith(' ')) hex += line.replaceAll(' ', '')
    else if (name === 'attribute') attributes.push(parseAttribute(value))
    else fields.set(name, value)
  }
  const answers = fields.get('answers')
  return {
    name: fields.get('packet') ?? '',
    bytes: Buffer.from(hex, 'hex'),
    drop: fields.get('drop'),
    code: Number(fields.get('code')),
    identifier: Number(fields.get('identifier')),
    authenticator: Buffer.from(fields.get('authenticator') ?? '', 'hex'),
    attributes,
    secret: new SharedSecret(Buffer.from(fields.get('secret') ?? 'none')),
    proof: (fields.get('proof') ?? 'unproved') as Vector['proof'],
    answers: answers === undefined ? undefined : earlier.get(answers),
    password: fields.get('password'),
    chap: fields.get('chap'),
    encodes: fields.get('encode') === 'yes',
  }
}

const parseAttribute = (line: string): VectorAttribute => {
  const [, name = '', form = '', written = ''] = /^(\S+) (\S+) ?(.*)$/.exec(line) ?? []
  const [vendor, vendorType] = name.includes('.') ? name.split('.').map(Number) : []
  const type = vendorType ?? AttributeType[name as keyof typeof AttributeType] ?? Number(name)
  const attribute =
    vendor === undefined ? standard(type, form, written) : ofVendor(vendor, type, form, written)
  return { form: form as Form, written, attribute }
}

const standard = (type: number, form: string, written: string): Attribute => {
  if (form === 'text') return text(type, written)
  if (form === 'integer') return integer(type, Number(written))
  if (form === 'address') return address(type, written)
  return { type, value: Buffer.from(written, 'hex') }
}

const ofVendor = (vendor: number, type: number, form: string, written: string): Attribute =>
  form === 'text' ? vendorText(vendor, type, written) : vendorInteger(vendor, type, Number(written))
