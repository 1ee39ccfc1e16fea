/** How an attribute's value is written. `octets` and `tlvs` are named here and built nowhere. @see RFC 8044 §3 */
export type Kind = 'integer' | 'integer64' | 'text' | 'address' | 'octets' | 'tlvs'

/** What a figure counts. `KiB` are 1,024 octets. */
export type Unit = 's' | 'bit/s' | 'kbit/s' | 'octets' | 'KiB' | 'gigawords'

/** One attribute of the standard or of a vendor. */
export interface Definition<K extends Kind = Kind> {
  /** Enterprise number; null for the standard's own attributes. */
  readonly vendor: number | null
  readonly type: number
  readonly kind: K
  readonly unit: Unit | null
  /** Where its number, kind and unit can be read. */
  readonly source: string
}

type Row = readonly [type: number, kind: Kind, source: string, unit?: Unit]

/** Attributes by the names that their source gives them: this is the place where a vendor's numbers stand. */
export type Dictionary<Rows extends Readonly<Record<string, Row>> = Readonly<Record<string, Row>>> = {
  readonly [Name in keyof Rows]: Definition<Rows[Name][1]>
}

/** The attributes of one vendor, or with null of the standard. */
export function dictionary<const Rows extends Readonly<Record<string, Row>>>(
  vendor: number | null,
  rows: Rows,
): Dictionary<Rows> {
  const entries = Object.entries<Row>(rows).map(([name, [type, kind, source, unit = null]]) => [
    name,
    { vendor, type, kind, source, unit },
  ])
  return Object.fromEntries(entries) as Dictionary<Rows>
}
