import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The real sites of the city file, whose laboratory gateways stand for the city's. */
export const CITY_FILE = resolve(import.meta.dirname, '../../../config/hanoi.json')

/** A CoovaChilli of the city file, which signs its redirects. */
interface Chilli {
  readonly id: string
  readonly gatewayUrl: string
  readonly uamSecret: string
}

/** Four visitors in five are Vietnamese; the others are who comes most. */
const LANGUAGES = [
  ...Array<string>(8).fill('vi-VN,vi;q=0.9,en-US;q=0.6,en;q=0.5'),
  'ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7',
  'en-US,en;q=0.9',
]

const ANDROIDS = ['SM-A155F', 'SM-S918B', 'CPH2477', '2201117TG', 'V2206', 'RMX3710', 'Pixel 8', 'M2101K6G']

/** A browser of the captive window: dozens of models and versions, as a crowd has them. */
function userAgentOf(number: number): string {
  const version = number % 7
  if (number % 3 === 0)
    return `Mozilla/5.0 (iPhone; CPU iPhone OS 18_${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148`
  const model = ANDROIDS[number % ANDROIDS.length]!
  return `Mozilla/5.0 (Linux; Android ${10 + version}; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/12${version}.0.0.0 Mobile Safari/537.36`
}

/** Phones that come to a portal, each with an address that nobody had before. */
export class Phones {
  readonly #portalUrl: string
  readonly #seed: string
  readonly #acceptEncoding: string | null
  readonly #gateways: readonly Chilli[]

  /** `seed` is four hexadecimal digits; the same seed and number is the same phone. */
  constructor(portalUrl: string, seed: string, acceptEncoding: string | null) {
    this.#portalUrl = portalUrl
    this.#seed = seed
    this.#acceptEncoding = acceptEncoding
    const { nas } = JSON.parse(readFileSync(CITY_FILE, 'utf8')) as { nas: Partial<Chilli>[] }
    this.#gateways = nas.filter((each): each is Chilli => each.uamSecret !== undefined)
  }

  /** What a phone sends when its gateway has redirected it, signed as src/redir.c of CoovaChilli does. */
  arrival(number: number): Buffer {
    const gateway = this.#gateways[number % this.#gateways.length]!
    const mac = `02${this.#seed}${number.toString(16).padStart(6, '0')}`.toUpperCase()
    const query = new URLSearchParams({
      res: 'notyet',
      uamip: '10.1.0.1',
      uamport: '3990',
      challenge: createHash('md5').update(`${this.#seed}${number}`).digest('hex'),
      called: '02-10-00-00-01-FF',
      mac: mac.match(/../g)!.join('-'),
      ip: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`,
      nasid: gateway.id,
      sessionid: `${number.toString(16).padStart(16, '0')}`,
      userurl: 'http://connectivitycheck.gstatic.com/generate_204',
    })
    const path = `/g/coova-chilli?${query.toString()}`
    const md = createHash('md5').update(this.#portalUrl).update(path).update(gateway.uamSecret).digest('hex')
    return this.get(`${path}&md=${md.toUpperCase()}`, number)
  }

  get(path: string, number: number): Buffer {
    return this.#request('GET', path, number, '')
  }

  /** The one tap, as the form of the splash sends it. */
  tap(visit: string, number: number): Buffer {
    const path = `/login/click-through?v=${visit}&lang=vi`
    return this.#request('POST', path, number, `v=${visit}&lang=vi`)
  }

  #request(method: string, path: string, number: number, body: string): Buffer {
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${new URL(this.#portalUrl).host}`,
      `User-Agent: ${userAgentOf(number)}`,
      'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      `Accept-Language: ${LANGUAGES[number % LANGUAGES.length]!}`,
      ...(this.#acceptEncoding === null ? [] : [`Accept-Encoding: ${this.#acceptEncoding}`]),
      ...(method === 'POST'
        ? ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${body.length}`]
        : []),
    ]
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
  }
}
