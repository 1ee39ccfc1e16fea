import type { Confidence, Profile } from './profiles.ts'
import { WALKS, type Walked } from './walks.ts'

/** A profile, and how it fared on each of `WALKS`. */
export interface Row {
  readonly profile: Profile
  readonly walked: readonly Walked[]
}

/** docs/browsers.md: what was played, what came of it, and how sure each fact is. */
export const browsersDocument = (rows: readonly Row[]): string => `# Captive browsers

Written by the laboratory in \`test/lab\`: \`npm run browsers\` walks and writes it anew, \`npm run interop\` walks and
fails where it is no longer true.

**These are emulations.** Every device is Chromium with the device's user agent, window and habits; no other engine runs
here, and no phone was held in a hand. What the rows prove is that pages, redirects and the state on the server hold under
those habits. Whether a device has the habit is as sure as the letters say: **H** read in a primary text or source code,
**M** secondary or several independent sources, **L** from memory.

## What came of it

Each device joins two gateways, played over real HTTP and RADIUS against the whole platform: a CoovaChilli, which proves
whose phone it sends, and a RouterOS Hotspot, which does not.

${table(
  [
    'device',
    'probes',
    'splash',
    ...WALKS.map(({ method }) => method),
    'window lost in between',
    'window at the end',
  ],
  rows.map(({ profile, walked }) => [
    profile.name,
    every(walked, ({ caught }) => caught, 'caught'),
    every(walked, ({ firstView, reflows }) => firstView && reflows, 'fits'),
    ...walked.map(({ online }) => (online ? 'online' : '**not online**')),
    walked.map(({ resumed }) => (resumed ? 'same visit' : 'new visit')).join(', '),
    END[walked[0]!.closed],
  ]),
)}

* **probes**: each of the addresses below is answered by the gateway with a redirect to the portal, and by the world once
  the phone is online. The portal itself answers a probe that reaches it with a redirect, never with 204.
* **splash**: the button stands in the first view, and nothing scrolls sideways, also with text at 200 %.
${WALKS.map(
  ({ method, gateway, lost }) =>
    `* **${method}**: at the ${gateway === 'proving' ? 'CoovaChilli' : 'RouterOS Hotspot'}; the window is lost once, ${lost}, and the visitor begins again in another one.`,
).join('\n')}
* **new visit**: where a gateway proves nothing, whoever names a phone gets none of its visits; a browser that keeps its
  cookies is known by its pass all the same. A code that was sent already is taken again from the same phone.
* **closed by the system**: the probe got through and the window was shut in the same moment, landing page or not.
  **Done**: the probe got through after a full navigation, which is what brings the word up on Apple's devices.

## What was played

${table(
  [
    'device',
    'asks for',
    'its probe',
    'window',
    'script',
    'cookies, storage',
    'window closes',
    'probes / window / storage / closing',
  ],
  rows.map(({ profile }) => [
    profile.name,
    profile.probes.map(({ url }) => `\`${url.replace('http://', '')}\``).join(' '),
    profile.probeFollows ? 'follows the redirect' : 'stops at the redirect',
    `${profile.viewport.width} × ${profile.viewport.height}`,
    profile.script ? 'runs' : 'does not run',
    STORAGE[profile.storage],
    profile.closes,
    letters(profile.confidence),
  ]),
)}

User agents, and where the facts come from:

${table(
  ['device', 'probe', 'window', 'source'],
  rows.map(({ profile }) => [
    profile.name,
    `\`${profile.probes[0]!.agent}\``,
    `\`${profile.agent}\``,
    profile.source,
  ]),
)}

## What the portal does about them

| habit | answer |
|---|---|
| storage goes with the window | everything is on the server; the visit is in every address |
| only a full navigation is looked at | every step is one: form, redirect, page; there is no script to do it otherwise |
| the window is shut at once | what must be read stands before the tap |
| another app closes the window | a proved phone finds its visit again; a code may be sent again |
| the probe follows the redirect | an agent without a person behind it is no view of the splash |
| content blockers | no address, class or file is named like an advertisement |
| TLS cannot be redirected | nothing that a captive phone needs is on another host |
`

const STORAGE: Readonly<Record<Profile['storage'], string>> = {
  kept: 'kept',
  dropped: 'gone with the window',
  refused: 'refused',
}

const END: Readonly<Record<Walked['closed'], string>> = {
  'the system': 'closed by the system',
  Done: 'Done',
  nobody: 'stays, landing page seen',
}

const every = (walked: readonly Walked[], isSo: (each: Walked) => boolean, word: string): string =>
  walked.every(isSo) ? word : `**not ${word}**`

const letters = (confidence: Readonly<Record<string, Confidence>>): string =>
  ['probes', 'window', 'storage', 'closing'].map((name) => confidence[name]).join(' / ')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
