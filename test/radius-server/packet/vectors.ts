import { readdirSync, readFileSync } from 'node:fs'
import { AttributeType } from '../../../radius-server/packet/attributes.ts'
import type { Extended } from '../../../radius-server/packet/extended.ts'
import type { DropReason } from '../../../radius-server/packet/reasons.ts'
import { SharedSecret } from '../../../radius-server/packet/secret.ts'
import {
  address,
  integer,
  integer64Octets,
  interfaceId,
  prefix,
  text,
  time,
  vendorInteger,
  vendorText,
} from '../../../radius-server/packet/values.ts'
import type { Attribute } from '../../../radius-server/packet/values.ts'

/** How the value of an attribute is written in a vector file. */
export type Form =
  'text' | 'integer' | 'address' | 'prefix' | 'ipv4-prefix' | 'interface-id' | 'time' | 'octets'
export type VectorAttribute = { form: Form; written: string; attribute: Attribute }

/** What an extended attribute says, in the words of `readExtended`. */
export type VectorExtended = Extended

/** Values inside the TLVs of an attribute, `path` being the types from the outermost in. */
export type VectorTlvs = {
  of: { type: number; inside: number }
  leaves: readonly { path: readonly number[]; value: Buffer }[]
}

export type VectorTagged = { type: number; tag: number; form: 'integer' | 'text'; written: string }

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
  extended: readonly VectorExtended[]
  tlvs: readonly VectorTlvs[]
  tagged: readonly VectorTagged[]
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
 *
 * Attributes that carry more are listed as octets, and then what is in them: `extended: 241.8 octets 0102` or, of a
 * vendor, `extended: 241.26.9.4 text x`, or `extended: 245 invalid 01`; `tlvs: 241.5 1=00000001 3.1=ff`, or `17713.158`
 * of a vendor; `tagged: TunnelType 1 integer 13`. In octets `aa*251` is 251 times aa.
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
  const extended: VectorExtended[] = []
  const tlvs: VectorTlvs[] = []
  const tagged: VectorTagged[] = []
  let hex = ''
  for (const line of lines) {
    const [, name = '', value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? []
    if (line.startsWith(' ')) hex += line.replaceAll(' ', '')
    else if (name === 'attribute') attributes.push(parseAttribute(value))
    else if (name === 'extended') extended.push(parseExtended(value))
    else if (name === 'tlvs') tlvs.push(parseTlvs(value))
    else if (name === 'tagged') tagged.push(parseTagged(value))
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
    extended,
    tlvs,
    tagged,
    secret: new SharedSecret(Buffer.from(fields.get('secret') ?? 'none')),
    proof: (fields.get('proof') ?? 'unproved') as Vector['proof'],
    answers: answers === undefined ? undefined : earlier.get(answers),
    password: fields.get('password'),
    chap: fields.get('chap'),
    encodes: fields.get('encode') === 'yes',
  }
}

const parseAttribute = (line: string): VectorAttribute => {
  const [name, form, written] = words(line)
  const [vendor, vendorType] = name.includes('.') ? name.split('.').map(Number) : []
  const type = vendorType ?? typeOf(name)
  const attribute =
    vendor === undefined ? standard(type, form, written) : ofVendor(vendor, type, form, written)
  return { form: form as Form, written, attribute }
}

const parseExtended = (line: string): VectorExtended => {
  const [name, form, written] = words(line)
  const [type = 0, extendedType = 0, vendor, vendorType] = name.split('.').map(Number)
  const value = octetsOf(form, written)
  if (form === 'invalid') return { kind: 'invalid', type, value }
  if (vendor === undefined || vendorType === undefined) return { kind: 'extended', type, extendedType, value }
  return { kind: 'vendor', type, vendor, vendorType, value }
}

const parseTlvs = (line: string): VectorTlvs => {
  const [name = '', ...written] = line.split(' ')
  const [type = 0, inside = 0] = name.split('.').map(Number)
  const leaves = written.map((leaf) => {
    const [path = '', value = ''] = leaf.split('=')
    return { path: path.split('.').map(Number), value: Buffer.from(value, 'hex') }
  })
  return { of: { type, inside }, leaves }
}

const parseTagged = (line: string): VectorTagged => {
  const [name, tag, value] = words(line)
  const [form = '', written = ''] = value.split(' ')
  return { type: typeOf(name), tag: Number(tag), form: form as VectorTagged['form'], written }
}

const words = (line: string): [string, string, string] => {
  const [, first = '', second = '', rest = ''] = /^(\S+) (\S+) ?(.*)$/.exec(line) ?? []
  return [first, second, rest]
}

const typeOf = (name: string): number => AttributeType[name as keyof typeof AttributeType] ?? Number(name)

const octetsOf = (form: string, written: string): Buffer => {
  if (form === 'text') return Buffer.from(written)
  if (form === 'integer64') return integer64Octets(BigInt(written))
  if (form === 'integer') return integer(1, Number(written)).value
  const parts = written.split(' ').map((part) => {
    const [hex = '', times = '1'] = part.split('*')
    return hex.repeat(Number(times))
  })
  return Buffer.from(parts.join(''), 'hex')
}

const standard = (type: number, form: string, written: string): Attribute => {
  if (form === 'text') return text(type, written)
  if (form === 'integer') return integer(type, Number(written))
  if (form === 'time') return time(type, Date.parse(written))
  if (form === 'address') return address(type, written)
  if (form === 'prefix' || form === 'ipv4-prefix') return prefix(type, written)
  if (form === 'interface-id') return interfaceId(type, written)
  return { type, value: octetsOf(form, written) }
}

const ofVendor = (vendor: number, type: number, form: string, written: string): Attribute => {
  if (form === 'text') return vendorText(vendor, type, written)
  if (form === 'integer') return vendorInteger(vendor, type, Number(written))
  return { vendor, type, value: octetsOf(form, written) }
}
