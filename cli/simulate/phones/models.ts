import type { Random } from '../random.ts'

/** What tells kinds of devices apart on the wire. */
export interface Model {
  readonly share: number
  readonly os: 'iOS' | 'macOS' | 'Android' | 'Windows'
  /** The page its system asks for to find out whether it is captive, and as whom it asks. */
  readonly probe: { readonly url: string; readonly agent: string }
  /** Apple's probe follows the redirect into the portal before the window opens (experience.md §1.3). */
  readonly probeFollows: boolean
  /** The User-Agent of the window that shows the portal. */
  readonly agent: string
  /** First three octets of a factory address; most phones make one up instead. */
  readonly maker: string
  /** How Accept-Language is spelled: Apple sends one tag, Chromium falls back to English. */
  readonly acceptLanguage: 'apple' | 'chromium'
}

export const drawModel = (random: Random): Model => random.weighted(MODELS)

const APPLE_PROBE = {
  url: 'http://captive.apple.com/hotspot-detect.html',
  agent: 'CaptiveNetworkSupport-482.0.2 wispr',
}

const apple = (share: number, os: 'iOS' | 'macOS', agent: string): Model => ({
  share,
  os,
  agent,
  probe: APPLE_PROBE,
  probeFollows: true,
  maker: '3C0630',
  acceptLanguage: 'apple',
})

const android = (share: number, build: string, chrome: string, maker: string, probeUrl = AOSP): Model => ({
  share,
  os: 'Android',
  agent: `Mozilla/5.0 (Linux; ${build}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/${chrome} Mobile Safari/537.36`,
  probe: { url: probeUrl, agent: `Dalvik/2.1.0 (Linux; U; ${build})` },
  probeFollows: false,
  maker,
  acceptLanguage: 'chromium',
})

const AOSP = 'http://connectivitycheck.gstatic.com/generate_204'
const SAMSUNG = 'F4428F'
const XIAOMI = '64CC2E'
const OPPO = '1C77F6'
const VIVO = '9CE82B'
const GOOGLE = '3C286D'

/** Shares are a guess at Hà Nội's streets in 2026, not a measurement. */
const MODELS: readonly Model[] = [
  apple(0.16, 'iOS', iphone('17_5_1', '15E148')),
  apple(0.14, 'iOS', iphone('18_3_2', '22D82')),
  apple(0.08, 'iOS', iphone('16_7_8', '20H343')),
  apple(
    0.02,
    'iOS',
    'Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  ),
  apple(
    0.03,
    'macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  ),
  android(0.1, 'Android 14; SM-A155F Build/UP1A.231005.007', '126.0.6478.122', SAMSUNG),
  android(0.07, 'Android 15; SM-S928B Build/AP3A.240905.015.A2', '132.0.6834.79', SAMSUNG),
  android(0.05, 'Android 12; SM-A127F Build/SP1A.210812.016', '114.0.5735.196', SAMSUNG),
  android(
    0.07,
    'Android 13; 22111317G Build/TKQ1.221114.001',
    '120.0.6099.144',
    XIAOMI,
    'http://connect.rom.miui.com/generate_204',
  ),
  android(
    0.04,
    'Android 14; 23117RA68G Build/UP1A.231005.007',
    '125.0.6422.165',
    XIAOMI,
    'http://connect.rom.miui.com/generate_204',
  ),
  android(
    0.07,
    'Android 13; CPH2461 Build/TP1A.220905.001',
    '119.0.6045.163',
    OPPO,
    'http://conn1.coloros.com/generate_204',
  ),
  android(
    0.04,
    'Android 14; CPH2599 Build/UP1A.231005.007',
    '127.0.6533.103',
    OPPO,
    'http://conn1.coloros.com/generate_204',
  ),
  android(
    0.04,
    'Android 13; V2247 Build/TP1A.220624.014',
    '118.0.5993.111',
    VIVO,
    'http://wifi.vivo.com.cn/generate_204',
  ),
  android(0.02, 'Android 15; Pixel 8 Build/AP4A.250105.002', '132.0.6834.122', GOOGLE),
  {
    share: 0.07,
    os: 'Windows',
    agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
    probe: { url: 'http://www.msftconnecttest.com/connecttest.txt', agent: 'Microsoft NCSI' },
    probeFollows: false,
    maker: '8C8D28',
    acceptLanguage: 'chromium',
  },
]

function iphone(version: string, build: string): string {
  return `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/${build}`
}
