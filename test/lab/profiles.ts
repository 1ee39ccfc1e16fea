/** H: read in a primary text or in source code. M: secondary or several independent sources. L: from memory. */
export type Confidence = 'H' | 'M' | 'L'

/** One address that a system asks for, and the answer by which it knows that nothing is in the way. */
export interface Probe {
  readonly url: string
  readonly agent: string
  /** An empty answer with status 204, or words of a page. */
  readonly online: 204 | string
}

/** How a system finds out that it is captive, and what its window can do. */
export interface Profile {
  readonly name: string
  /** In this order. */
  readonly probes: readonly Probe[]
  /** Whether the probe goes where the redirect leads, with its own agent. */
  readonly probeFollows: boolean
  /** What the window opens first. */
  readonly opens: string
  readonly agent: string
  readonly viewport: { readonly width: number; readonly height: number }
  readonly script: boolean
  /** Cookies and storage: kept, gone with the window, or refused from the start. */
  readonly storage: 'kept' | 'dropped' | 'refused'
  /**
   * When the window goes: as soon as the probe comes through; by "Done", which a full navigation must bring up; or never,
   * since it is a tab of a browser.
   */
  readonly closes: 'at once' | 'by Done' | 'never'
  readonly confidence: Readonly<Record<'probes' | 'window' | 'storage' | 'closing', Confidence>>
  readonly source: string
}

const PHONE = { width: 390, height: 664 }
const SMALL_PHONE = { width: 360, height: 560 }
const DESKTOP = { width: 1280, height: 720 }

const WBA = 'Wireless Broadband Alliance, captive behaviour'
const FOUND = 'several independent projects'

const APPLE = 'CaptiveNetworkSupport-482.0.2 wispr'
const SUCCESS = '<TITLE>Success</TITLE>'
const apple = (url: string): Probe => ({ url, agent: APPLE, online: SUCCESS })

/** What NetworkMonitor of AOSP sends. */
const AOSP_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.32 Safari/537.36'
const GSTATIC = 'http://connectivitycheck.gstatic.com/generate_204'
const empty = (url: string, agent = AOSP_AGENT): Probe => ({ url, agent, online: 204 })

const android = (
  name: string,
  build: string,
  probes: readonly string[],
  more: Pick<Profile, 'confidence' | 'source'> & Partial<Profile>,
): Profile => ({
  name,
  probes: probes.map((url) => empty(url)),
  probeFollows: false,
  opens: probes[0]!,
  agent: `Mozilla/5.0 (Linux; ${build}; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/132.0.6834.122 Mobile Safari/537.36`,
  viewport: SMALL_PHONE,
  script: true,
  storage: 'dropped',
  closes: 'at once',
  ...more,
})

/** The laboratory's devices. Each is played by Chromium, so only what is told here is theirs. */
export const PROFILES: readonly Profile[] = [
  {
    name: 'iOS',
    probes: [
      apple('http://captive.apple.com/hotspot-detect.html'),
      apple('http://www.apple.com/library/test/success.html'),
    ],
    probeFollows: true,
    opens: 'http://captive.apple.com/hotspot-detect.html',
    agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    viewport: PHONE,
    script: true,
    storage: 'dropped',
    closes: 'by Done',
    confidence: { probes: 'H', window: 'H', storage: 'M', closing: 'H' },
    source: WBA,
  },
  {
    name: 'macOS',
    probes: [apple('http://captive.apple.com/hotspot-detect.html')],
    probeFollows: true,
    opens: 'http://captive.apple.com/hotspot-detect.html',
    agent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    viewport: { width: 900, height: 572 },
    script: true,
    storage: 'dropped',
    closes: 'by Done',
    confidence: { probes: 'H', window: 'H', storage: 'M', closing: 'M' },
    source: WBA,
  },
  android(
    'Android (AOSP)',
    'Android 15; Pixel 8 Build/AP4A.250105.002',
    [GSTATIC, 'http://play.googleapis.com/generate_204'],
    {
      confidence: { probes: 'H', window: 'M', storage: 'M', closing: 'H' },
      source: `${WBA}; NetworkMonitor`,
    },
  ),
  android(
    'Samsung',
    'Android 14; SM-A155F Build/UP1A.231005.007',
    [GSTATIC, 'http://connectivitycheck.android.com/generate_204'],
    { confidence: { probes: 'H', window: 'M', storage: 'M', closing: 'H' }, source: WBA },
  ),
  android(
    'Xiaomi',
    'Android 14; 23117RA68G Build/UP1A.231005.007',
    ['http://connect.rom.miui.com/generate_204'],
    {
      confidence: { probes: 'M', window: 'L', storage: 'L', closing: 'M' },
      source: FOUND,
    },
  ),
  android(
    'Huawei',
    'Android 12; NOH-NX9 Build/HUAWEINOH-N29',
    ['http://connectivitycheck.platform.hicloud.com/generate_204'],
    { confidence: { probes: 'M', window: 'L', storage: 'L', closing: 'M' }, source: FOUND },
  ),
  android(
    'OPPO',
    'Android 14; CPH2599 Build/UP1A.231005.007',
    ['http://conn1.coloros.com/generate_204', 'http://conn2.oppomobile.com/generate_204'],
    { confidence: { probes: 'L', window: 'L', storage: 'L', closing: 'M' }, source: FOUND },
  ),
  {
    name: 'Windows',
    probes: [
      {
        url: 'http://www.msftconnecttest.com/connecttest.txt',
        agent: 'Microsoft NCSI',
        online: 'Microsoft Connect Test',
      },
    ],
    probeFollows: false,
    opens: 'http://www.msftconnecttest.com/redirect',
    agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
    viewport: DESKTOP,
    script: true,
    storage: 'kept',
    closes: 'never',
    confidence: { probes: 'M', window: 'H', storage: 'M', closing: 'H' },
    source: WBA,
  },
  {
    name: 'ChromeOS',
    probes: [empty('http://clients3.google.com/generate_204', 'Mozilla/5.0 (X11; CrOS x86_64 16093.68.0)')],
    probeFollows: false,
    opens: 'http://clients3.google.com/generate_204',
    agent:
      'Mozilla/5.0 (X11; CrOS x86_64 16093.68.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    viewport: { width: 1366, height: 768 },
    script: true,
    storage: 'dropped',
    closes: 'at once',
    confidence: { probes: 'H', window: 'L', storage: 'L', closing: 'L' },
    source: WBA,
  },
  {
    name: 'Firefox',
    probes: [
      {
        url: 'http://detectportal.firefox.com/canonical.html',
        agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
        online: 'support.mozilla.org/kb/captive-portal',
      },
      {
        url: 'http://detectportal.firefox.com/success.txt?ipv4',
        agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
        online: 'success',
      },
    ],
    probeFollows: false,
    opens: 'http://detectportal.firefox.com/canonical.html',
    agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    viewport: DESKTOP,
    script: true,
    storage: 'kept',
    closes: 'never',
    confidence: { probes: 'H', window: 'M', storage: 'M', closing: 'M' },
    source: WBA,
  },
  {
    name: 'GNOME',
    probes: [
      {
        url: 'http://nmcheck.gnome.org/check_network_status.txt',
        agent: 'NetworkManager/1.46.0',
        online: 'NetworkManager is online',
      },
    ],
    probeFollows: false,
    opens: 'http://nmcheck.gnome.org/',
    agent:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15',
    viewport: { width: 600, height: 475 },
    script: true,
    storage: 'dropped',
    closes: 'at once',
    confidence: { probes: 'M', window: 'L', storage: 'L', closing: 'L' },
    source: FOUND,
  },
  {
    name: 'Kindle (Fire OS)',
    probes: [
      {
        url: 'http://spectrum.s3.amazonaws.com/kindle-wifi/wifistub.html',
        agent: 'Dalvik/2.1.0 (Linux; U; Android 11; KFTRWI Build/RS8332)',
        online: '81ce4465-7167-4dcb-835b-dcc9e44c112a',
      },
    ],
    probeFollows: false,
    opens: 'http://spectrum.s3.amazonaws.com/kindle-wifi/wifiredirect.html',
    agent:
      'Mozilla/5.0 (Linux; Android 11; KFTRWI Build/RS8332; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/108.0.5359.220 Safari/537.36',
    viewport: { width: 600, height: 888 },
    script: true,
    storage: 'dropped',
    closes: 'at once',
    confidence: { probes: 'H', window: 'M', storage: 'L', closing: 'L' },
    source: WBA,
  },
  {
    name: 'Nothing allowed',
    probes: [empty(GSTATIC)],
    probeFollows: false,
    opens: GSTATIC,
    agent:
      'Mozilla/5.0 (Linux; Android 9; JAT-L29; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/74.0.3729.186 Mobile Safari/537.36',
    viewport: { width: 320, height: 480 },
    script: false,
    storage: 'refused',
    closes: 'at once',
    confidence: { probes: 'H', window: 'L', storage: 'L', closing: 'H' },
    source: 'no device: the least that any of them has, at once',
  },
]
