/** Up to this many devices a sketch counts exactly. */
export const EXACT_MOST = 2000

const PRECISION = 14
const REGISTERS = 2 ** PRECISION
/** What a hash has left after it chose its register. */
const REST_BITS = 64 - PRECISION
/** The largest value of a register: every bit of the rest is zero. */
const MOST_RANK = REST_BITS + 1
/** A register is six bits on the wire. */
const DENSE_BYTES = (REGISTERS * 6) / 8

/** Relative standard error of an estimate: 1.04/√2¹⁴ = 0.81 %. */
export const STANDARD_ERROR = 1.04 / Math.sqrt(REGISTERS)

const EXACT_TAG = 1
const DENSE_TAG = 2
/** 1/(2 ln 2), the constant of a HyperLogLog with many registers. */
const ALPHA = 1 / (2 * Math.LN2)

/**
 * How many different devices, from 64-bit hashes of them: the hashes themselves up to 2,000, then a HyperLogLog of
 * 2¹⁴ registers. Sketches of several sites merge into what one sketch of all of them would have been; figures of
 * several days must never be added, as a device may come back.
 * @see Flajolet et al. 2007; the estimator is O. Ertl, arXiv:1702.01284, which needs no correction tables: it is
 * linear counting for small numbers and has no bias in between.
 */
export class Sketch {
  /** Sorted; only the first `#size` count. Empty once there are registers. */
  #hashes = new BigUint64Array(8)
  #size = 0
  #registers: Uint8Array | null = null

  /** @throws RangeError when `toBuffer` did not write these bytes. */
  static from(bytes: Uint8Array): Sketch {
    const sketch = new Sketch()
    const body = Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1)
    if (bytes[0] === EXACT_TAG && body.length % 8 === 0 && body.length / 8 <= EXACT_MOST) {
      sketch.#hashes = new BigUint64Array(Math.max(8, body.length / 8))
      sketch.#size = body.length / 8
      for (let i = 0; i < sketch.#size; i++) sketch.#hashes[i] = body.readBigUInt64BE(i * 8)
    } else if (bytes[0] === DENSE_TAG && body.length === DENSE_BYTES) {
      sketch.#registers = checked(unpacked(body))
    } else {
      throw new RangeError(`${bytes.byteLength} bytes tagged ${bytes[0]} are no sketch`)
    }
    return sketch
  }

  /** False once the figure is an estimate. */
  get exact(): boolean {
    return this.#registers === null
  }

  /** Counts a device; true when that changed the sketch. */
  add(hash: bigint): boolean {
    if (this.#registers !== null) return observe(this.#registers, hash)
    const at = this.#find(hash)
    if (at < this.#size && this.#hashes[at] === hash) return false
    if (this.#size === EXACT_MOST) {
      observe(this.#densify(), hash)
      return true
    }
    this.#insert(at, hash)
    return true
  }

  /** Takes in another sketch; true when that changed anything. */
  merge(other: Sketch): boolean {
    if (other.#registers === null) {
      let changed = false
      for (let i = 0; i < other.#size; i++) changed = this.add(other.#hashes[i]!) || changed
      return changed
    }
    const wasExact = this.exact
    const registers = this.#registers ?? this.#densify()
    let changed = wasExact
    for (let i = 0; i < REGISTERS; i++) {
      if (other.#registers[i]! <= registers[i]!) continue
      registers[i] = other.#registers[i]!
      changed = true
    }
    return changed
  }

  /** The number of different devices: a whole number while exact, else an estimate (see STANDARD_ERROR). */
  estimate(): number {
    if (this.#registers === null) return this.#size
    const counts = new Float64Array(MOST_RANK + 1)
    for (const rank of this.#registers) counts[rank]! += 1
    let z = REGISTERS * tau(1 - counts[MOST_RANK]! / REGISTERS)
    for (let rank = REST_BITS; rank >= 1; rank--) z = (z + counts[rank]!) / 2
    z += REGISTERS * sigma(counts[0]! / REGISTERS)
    return (ALPHA * REGISTERS * REGISTERS) / z
  }

  /** At most 16,001 bytes; equal sketches give equal bytes. */
  toBuffer(): Buffer {
    if (this.#registers !== null) return packed(this.#registers)
    const bytes = Buffer.alloc(1 + this.#size * 8)
    bytes[0] = EXACT_TAG
    for (let i = 0; i < this.#size; i++) bytes.writeBigUInt64BE(this.#hashes[i]!, 1 + i * 8)
    return bytes
  }

  #find(hash: bigint): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#hashes[middle]! < hash) low = middle + 1
      else high = middle
    }
    return low
  }

  #insert(at: number, hash: bigint): void {
    if (this.#size === this.#hashes.length) {
      const larger = new BigUint64Array(Math.min(EXACT_MOST, this.#size * 2))
      larger.set(this.#hashes)
      this.#hashes = larger
    }
    this.#hashes.copyWithin(at + 1, at, this.#size)
    this.#hashes[at] = hash
    this.#size++
  }

  #densify(): Uint8Array {
    const registers = new Uint8Array(REGISTERS)
    for (let i = 0; i < this.#size; i++) observe(registers, this.#hashes[i]!)
    this.#hashes = new BigUint64Array(0)
    this.#size = 0
    return (this.#registers = registers)
  }
}

function observe(registers: Uint8Array, hash: bigint): boolean {
  const { register, rank } = placeOf(hash)
  if (rank <= registers[register]!) return false
  registers[register] = rank
  return true
}

function checked(registers: Uint8Array): Uint8Array {
  if (registers.some((rank) => rank > MOST_RANK))
    throw new RangeError(`no register can hold more than ${MOST_RANK}`)
  return registers
}

/** The first 14 bits choose a register; the rank is one more than the zeros that the rest begins with. */
function placeOf(hash: bigint): { register: number; rank: number } {
  const high = Number(hash >> 32n)
  const low = Number(hash & 0xffff_ffffn)
  const upper = ((high << PRECISION) | (low >>> (32 - PRECISION))) >>> 0
  const lower = (low << PRECISION) >>> 0
  const zeros = upper !== 0 ? Math.clz32(upper) : Math.min(REST_BITS, 32 + Math.clz32(lower))
  return { register: high >>> (32 - PRECISION), rank: zeros + 1 }
}

/** Four registers in three bytes. */
function packed(registers: Uint8Array): Buffer {
  const bytes = Buffer.alloc(1 + DENSE_BYTES)
  bytes[0] = DENSE_TAG
  for (let i = 0, at = 1; i < REGISTERS; i += 4, at += 3) {
    const [a, b, c, d] = [registers[i]!, registers[i + 1]!, registers[i + 2]!, registers[i + 3]!]
    bytes[at] = (a << 2) | (b >>> 4)
    bytes[at + 1] = (b << 4) | (c >>> 2)
    bytes[at + 2] = (c << 6) | d
  }
  return bytes
}

function unpacked(body: Uint8Array): Uint8Array {
  const registers = new Uint8Array(REGISTERS)
  for (let i = 0, at = 0; i < REGISTERS; i += 4, at += 3) {
    const [x, y, z] = [body[at]!, body[at + 1]!, body[at + 2]!]
    registers[i] = x >>> 2
    registers[i + 1] = ((x << 4) | (y >>> 4)) & 63
    registers[i + 2] = ((y << 2) | (z >>> 6)) & 63
    registers[i + 3] = z & 63
  }
  return registers
}

/** Ertl's σ: x + Σ x^(2ᵏ)·2^(k−1). */
function sigma(x: number): number {
  if (x === 1) return Infinity
  let [power, weight, sum, before] = [x, 1, x, -1]
  while (sum !== before) {
    power *= power
    before = sum
    sum += power * weight
    weight *= 2
  }
  return sum
}

/** Ertl's τ: (1 − x − Σ (1 − x^(2⁻ᵏ))²·2⁻ᵏ) / 3. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let [root, weight, sum, before] = [x, 1, 1 - x, -1]
  while (sum !== before) {
    root = Math.sqrt(root)
    before = sum
    weight /= 2
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}
