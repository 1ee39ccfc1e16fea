import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import type { Random } from '../random.ts'
import { drawLanguage, type PhoneLanguage } from './languages.ts'
import { drawModel, type Model } from './models.ts'
import { drawTraffic, type Traffic } from './traffic.ts'

/** One visitor's device. */
export interface Phone extends PhoneLanguage {
  readonly mac: Mac
  /** Its address on every gateway's network: a loopback address of its own, by which a gateway knows it. */
  readonly ip: string
  readonly model: Model
}

/** How a visitor stays at one place. */
export interface Stay {
  /** Simulated seconds from login until the visitor stops using the network. */
  readonly seconds: number
  /** What the gateway then sees: radio gone, silence until Idle-Timeout, or a logout. */
  readonly leaves: 'wifi-off' | 'walks-away' | 'logs-off'
  readonly traffic: Traffic
}

const RANDOMISED_SHARE = 0.86

export function drawPhone(random: Random, index: number): Phone {
  const model = drawModel(random)
  return {
    mac: drawMac(random, model),
    ip: phoneAddress(index),
    model,
    ...drawLanguage(random, model.acceptLanguage),
  }
}

/**
 * How long somebody stays: median about 20 minutes, never longer than `mostSeconds`.
 * Whoever walks away leaves time for an Idle-Timeout of `idleSeconds` before the end.
 */
export function drawStay(random: Random, mostSeconds: number, idleSeconds: number, appetite = 1): Stay {
  // Sum of two draws: few very short, few very long.
  const wished = 180 + 1020 * (random.unit() + random.unit()) * random.between(0.6, 1.6)
  const seconds = Math.max(1, Math.round(Math.min(wished, mostSeconds)))
  const draw = random.unit()
  const walksAway = draw < 0.3 && seconds + idleSeconds <= mostSeconds
  const leaves = walksAway ? 'walks-away' : draw > 0.85 ? 'logs-off' : 'wifi-off'
  return { seconds, leaves, traffic: drawTraffic(random, appetite) }
}

function drawMac(random: Random, model: Model): Mac {
  const octets = random.bytes(6)
  if (random.chance(RANDOMISED_SHARE)) {
    // Locally administered, not a group address (IEEE 802-2014 §8.4).
    octets[0] = (octets[0]! & 0xfc) | 0x02
    return parseMac(octets.toString('hex'))!
  }
  return parseMac(model.maker + octets.subarray(3).toString('hex'))!
}

/** 127.64.0.1 and up: never a gateway's (127.10.0.0/16) nor 127.0.0.1. */
function phoneAddress(index: number): string {
  const number = index + 1
  return `127.${64 + ((number >>> 16) & 0x3f)}.${(number >>> 8) & 0xff}.${number & 0xff}`
}
